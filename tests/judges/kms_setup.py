"""Keys for the tests in a ministack that already runs: kms_setup.py ENDPOINT

Prints JSON: keys by name, and the credentials of a user who may use none of them.
"""

import json
import sys

import boto3

endpoint = sys.argv[1]
common = {
    "endpoint_url": endpoint,
    "region_name": "sa-east-1",
    "aws_access_key_id": "test",
    "aws_secret_access_key": "test",
}
kms = boto3.client("kms", **common)
iam = boto3.client("iam", **common)


def key(spec, usage="SIGN_VERIFY", alias=None):
    made = kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["Arn"]
    if alias:
        kms.create_alias(AliasName=f"alias/{alias}", TargetKeyId=made)
    return made


keys = {
    "rsa-2048": key("RSA_2048", alias="escrevente"),
    "rsa-3072": key("RSA_3072"),
    "p-256": key("ECC_NIST_P256"),
    "p-384": key("ECC_NIST_P384"),
    "other": key("RSA_2048"),
    "disabled": key("RSA_2048"),
    "pending": key("RSA_2048"),
    "cipher": key("RSA_2048", usage="ENCRYPT_DECRYPT"),
}
public = {name: kms.get_public_key(KeyId=arn)["PublicKey"].hex() for name, arn in keys.items()}
kms.disable_key(KeyId=keys["disabled"])
kms.schedule_key_deletion(KeyId=keys["pending"], PendingWindowInDays=7)

iam.create_user(UserName="sem-acesso")
access = iam.create_access_key(UserName="sem-acesso")["AccessKey"]
print(
    json.dumps(
        {
            "keys": keys,
            "public": public,
            "nobody": [access["AccessKeyId"], access["SecretAccessKey"]],
        }
    )
)
