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


def key(spec, usage="SIGN_VERIFY", alias=None, **more):
    made = kms.create_key(KeySpec=spec, KeyUsage=usage, **more)["KeyMetadata"]["Arn"]
    if alias:
        kms.create_alias(AliasName=f"alias/{alias}", TargetKeyId=made)
    return made


def tags(environment):
    values = {"Sistema": "CartorioDigital", "Ambiente": environment, "Uso": "Assinatura"}
    return [{"TagKey": name, "TagValue": value} for name, value in values.items()]


keys = {
    "rsa-2048": key("RSA_2048", alias="escrevente"),
    "rsa-3072": key("RSA_3072"),
    "p-256": key("ECC_NIST_P256"),
    "p-384": key("ECC_NIST_P384"),
    "other": key("RSA_2048"),
    "disabled": key("RSA_2048"),
    "pending": key("RSA_2048"),
    "office": key("RSA_2048", alias="assinatura", Tags=tags("dev")),
    "foreign": key("RSA_2048", alias="homologacao", Tags=tags("homolog")),
    "everywhere": key("RSA_2048", alias="replicada", Tags=tags("dev"), MultiRegion=True),
    "office-p-256": key("ECC_NIST_P256", alias="curva", Tags=tags("dev")),
    "cipher": key("RSA_2048", usage="ENCRYPT_DECRYPT"),
}
public = {name: kms.get_public_key(KeyId=arn)["PublicKey"].hex() for name, arn in keys.items()}
kms.disable_key(KeyId=keys["disabled"])
kms.schedule_key_deletion(KeyId=keys["pending"], PendingWindowInDays=7)

kms.replicate_key(KeyId=keys["everywhere"], ReplicaRegion="us-east-1", Tags=tags("dev"))

iam.create_user(UserName="sem-acesso")
access = iam.create_access_key(UserName="sem-acesso")["AccessKey"]


def session(role, person, actions):
    """Credentials of a permission set's role, as Identity Center's portal hands them out."""
    name = f"AWSReservedSSO_{role}_0123456789abcdef"
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="acesso", PolicyDocument=json.dumps(allow))
    made = boto3.client("sts", **common).assume_role(RoleArn=arn, RoleSessionName=person)["Credentials"]
    return [made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]]


needed = ["kms:Sign", "kms:GetPublicKey", "kms:DescribeKey", "kms:ListResourceTags", "sts:GetCallerIdentity"]
needed += ["kms:ListKeys", "kms:ListAliases"]
managing = ["kms:CreateKey", "kms:CreateAlias", "kms:UpdateAlias", "kms:TagResource", "kms:ReplicateKey"]
managing += ["kms:GetKeyPolicy", "kms:EnableKeyRotation"]
print(
    json.dumps(
        {
            "keys": keys,
            "public": public,
            "session": session("Assinatura", "maria.exemplo", needed),
            "administrator": session("Administracao", "ana.exemplo", needed + managing),
            "nobody": [access["AccessKeyId"], access["SecretAccessKey"]],
        }
    )
)
