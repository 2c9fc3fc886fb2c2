"""botocore's own client judges the double of AWS Private CA: private_ca.py URL AUTHORITY

It parses answers by AWS's service model, waits with AWS's own waiter and raises errors by their modelled shapes.
"""

import sys

import boto3
from botocore.config import Config
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

url, authority = sys.argv[1:]
config = Config(retries={"total_max_attempts": 1})
keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
pca = boto3.client("acm-pca", endpoint_url=url, region_name="sa-east-1", config=config, **keys)
blank = "arn:aws:acm-pca:::template/BlankEndEntityCertificate_CriticalBasicConstraints_APIPassthrough/V1"


def raises(shape, call, **arguments):
    try:
        call(**arguments)
    except getattr(call.__self__.exceptions, shape):
        return
    sys.exit(f"{shape} was not raised")


described = pca.describe_certificate_authority(CertificateAuthorityArn=authority)["CertificateAuthority"]
assert described["Status"] == "ACTIVE" and described["UsageMode"] == "GENERAL_PURPOSE"
key = ec.generate_private_key(ec.SECP256R1())
name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Nome do pedido")])
csr = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
csr = csr.public_bytes(serialization.Encoding.PEM)
order = {"CertificateAuthorityArn": authority, "Csr": csr, "SigningAlgorithm": "SHA256WITHECDSA"}


def issue(days, **more):
    arn = pca.issue_certificate(Validity={"Type": "DAYS", "Value": days}, **order, **more)["CertificateArn"]
    where = {"CertificateAuthorityArn": authority, "CertificateArn": arn}
    raises("RequestInProgressException", pca.get_certificate, **where)
    pca.get_waiter("certificate_issued").wait(WaiterConfig={"Delay": 1}, **where)
    made = pca.get_certificate(**where)
    chain = x509.load_pem_x509_certificates(made["CertificateChain"].encode())
    leaf = x509.load_pem_x509_certificate(made["Certificate"].encode())
    leaf.verify_directly_issued_by(chain[0])
    chain[0].verify_directly_issued_by(chain[1])
    return arn, leaf


_, usual = issue(90)
purposes = usual.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
assert ExtendedKeyUsageOID.SERVER_AUTH in purposes, "the service's default is for TLS"
passed = {
    "Subject": {"Country": "BR", "CommonName": "Nome da chamada"},
    "Extensions": {
        "KeyUsage": {"DigitalSignature": True, "NonRepudiation": True},
        "ExtendedKeyUsage": [{"ExtendedKeyUsageType": "DOCUMENT_SIGNING"}],
    },
}
arn, leaf = issue(30, TemplateArn=blank, ApiPassthrough=passed, IdempotencyToken="um")
assert leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "Nome da chamada"
usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
assert usage.digital_signature and usage.content_commitment and not usage.key_encipherment
assert leaf.public_key() == key.public_key()
again = pca.issue_certificate(Validity={"Type": "DAYS", "Value": 30}, IdempotencyToken="um", **order)
assert again["CertificateArn"] == arn, "the same token is the same certificate"
for wrong in [{"Validity": {"Type": "DAYS", "Value": 9_000}}, {"TemplateArn": "arn:aws:acm-pca:::template/Nada/V1"}]:
    raises("InvalidArgsException", pca.issue_certificate, **{"Validity": {"Type": "DAYS", "Value": 9}, **order, **wrong})
rsa = {**order, "SigningAlgorithm": "SHA256WITHRSA", "Validity": {"Type": "DAYS", "Value": 9}}
raises("InvalidArgsException", pca.issue_certificate, **rsa)
broken = {**order, "Csr": b"nada", "Validity": {"Type": "DAYS", "Value": 9}}
raises("MalformedCSRException", pca.issue_certificate, **broken)
elsewhere = {"CertificateAuthorityArn": authority[:-1] + "9"}
raises("ResourceNotFoundException", pca.describe_certificate_authority, **elsewhere)
serial = f"{leaf.serial_number:x}".rjust(16, "0")
serial = ":".join(serial[at : at + 2] for at in range(0, len(serial), 2))
revoke = {"CertificateAuthorityArn": authority, "CertificateSerial": serial, "RevocationReason": "AFFILIATION_CHANGED"}
pca.revoke_certificate(**revoke)
raises("RequestAlreadyProcessedException", pca.revoke_certificate, **revoke)
print("judged right")
