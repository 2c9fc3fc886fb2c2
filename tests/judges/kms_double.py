"""botocore's own client judges the double of KMS: kms_double.py URL

It parses answers by AWS's service model and raises errors by their modelled shapes. The double must already know two
people by their access keys: ADMIN, whose role manages, and CLERK, whose role signs.
"""

import hashlib
import json
import sys

import boto3
from botocore.config import Config
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

url = sys.argv[1]


def client(access, region="sa-east-1", service="kms"):
    config = Config(retries={"total_max_attempts": 1})
    keys = {"aws_access_key_id": access, "aws_secret_access_key": "x"}
    return boto3.client(service, endpoint_url=url, region_name=region, config=config, **keys)


def raises(shape, call, **arguments):
    try:
        call(**arguments)
    except call.__self__.exceptions.ClientError as error:
        if error.response["Error"]["Code"] == shape:
            return
        sys.exit(f"{error.response['Error']} instead of {shape}")
    sys.exit(f"{shape} was not raised")


admin, clerk = client("ADMIN"), client("CLERK")
assert client("CLERK", service="sts").get_caller_identity()["Arn"].endswith("/maria.exemplo")
digest = hashlib.sha256(b"certidao").digest()

for spec, algorithm in [("RSA_2048", "RSASSA_PSS_SHA_256"), ("ECC_NIST_P256", "ECDSA_SHA_256")]:
    made = admin.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY", Tags=[{"TagKey": "Uso", "TagValue": "Assinatura"}])
    key = made["KeyMetadata"]["Arn"]
    assert made["KeyMetadata"]["KeySpec"] == spec and made["KeyMetadata"]["CreationDate"].year >= 2026
    public = serialization.load_der_public_key(admin.get_public_key(KeyId=key)["PublicKey"])
    sign = {"KeyId": key, "SigningAlgorithm": algorithm}
    for kind, message in [("DIGEST", digest), ("RAW", b"certidao")]:
        signature = clerk.sign(Message=message, MessageType=kind, **sign)["Signature"]
        prehashed = utils.Prehashed(hashes.SHA256())
        if spec == "RSA_2048":
            scheme = padding.PSS(padding.MGF1(hashes.SHA256()), salt_length=32)
            public.verify(signature, digest, scheme, prehashed)
        else:
            public.verify(signature, digest, ec.ECDSA(prehashed))
    raises("ValidationException", clerk.sign, Message=digest[:31], MessageType="DIGEST", **sign)
    raises("ValidationException", clerk.sign, Message=bytes(4097), MessageType="RAW", **sign)
    raises("DryRunOperationException", clerk.sign, Message=digest, MessageType="DIGEST", DryRun=True, **sign)
    raises("InvalidKeyUsageException", clerk.sign, KeyId=key, Message=digest, SigningAlgorithm="ECDSA_SHA_384")
    raises("UnsupportedOperationException", admin.enable_key_rotation, KeyId=key)
    assert admin.list_resource_tags(KeyId=key)["Tags"] == [{"TagKey": "Uso", "TagValue": "Assinatura"}]

root = {"AWS": "arn:aws:iam::123456789012:root"}
own = {"aws:PrincipalArn": ["arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Assinatura_*"]}
pinned = {"kms:SigningAlgorithm": "ECDSA_SHA_256", "kms:MessageType": "DIGEST"}
policy = [
    {"Effect": "Allow", "Principal": root, "Action": ["kms:PutKeyPolicy", "kms:GetKeyPolicy"], "Resource": "*"},
    {
        "Effect": "Allow",
        "Principal": root,
        "Action": "kms:Sign",
        "Resource": "*",
        "Condition": {"StringEquals": pinned, "ArnLike": own},
    },
]
admin.put_key_policy(KeyId=key, Policy=json.dumps({"Version": "2012-10-17", "Statement": policy}))
assert json.loads(admin.get_key_policy(KeyId=key)["Policy"])["Statement"] == policy
clerk.sign(KeyId=key, Message=digest, MessageType="DIGEST", SigningAlgorithm="ECDSA_SHA_256")
raises("AccessDeniedException", clerk.sign, KeyId=key, Message=digest, SigningAlgorithm="ECDSA_SHA_256")
raises("AccessDeniedException", admin.sign, Message=digest, MessageType="DIGEST", **sign)
raises("AccessDeniedException", admin.describe_key, KeyId=key)
raises("MalformedPolicyDocumentException", admin.put_key_policy, KeyId=key, Policy="{")
locked = json.dumps({"Version": "2012-10-17", "Statement": []})
raises("MalformedPolicyDocumentException", admin.create_key, Policy=locked)

made = admin.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY", MultiRegion=True)["KeyMetadata"]
assert made["KeyId"].startswith("mrk-") and made["MultiRegionConfiguration"]["MultiRegionKeyType"] == "PRIMARY"
replica = admin.replicate_key(KeyId=made["KeyId"], ReplicaRegion="us-east-1")["ReplicaKeyMetadata"]
assert replica["Arn"] == made["Arn"].replace("sa-east-1", "us-east-1")
raises("AlreadyExistsException", admin.replicate_key, KeyId=made["KeyId"], ReplicaRegion="us-east-1")
far = client("CLERK", "us-east-1")
assert far.get_public_key(KeyId=made["KeyId"])["PublicKey"] == clerk.get_public_key(KeyId=made["KeyId"])["PublicKey"]

admin.create_alias(AliasName="alias/um", TargetKeyId=made["KeyId"])
raises("AlreadyExistsException", admin.create_alias, AliasName="alias/um", TargetKeyId=made["KeyId"])
assert [alias["AliasName"] for alias in admin.list_aliases()["Aliases"]] == ["alias/um"]
assert len(admin.list_keys()["Keys"]) == 3
admin.disable_key(KeyId="alias/um")
sign = {"KeyId": "alias/um", "Message": digest, "MessageType": "DIGEST", "SigningAlgorithm": "RSASSA_PSS_SHA_256"}
raises("DisabledException", clerk.sign, **sign)
admin.schedule_key_deletion(KeyId=made["KeyId"], PendingWindowInDays=7)
raises("KMSInvalidStateException", clerk.sign, **sign)
raises("NotFoundException", clerk.describe_key, KeyId="alias/nada")
raises("UnrecognizedClientException", client("NOBODY").describe_key, KeyId="alias/um")
print("judged right")
