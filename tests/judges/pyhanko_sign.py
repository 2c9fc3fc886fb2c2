"""Signs a file with pyHanko and a new test CA. Usage: pyhanko_sign.py IN.pdf OUT.pdf ROOT.pem [--subfilter adbe]"""

import datetime
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore


def issue(name, issuer, key, issuer_key, is_ca):
    now = datetime.datetime.now(datetime.timezone.utc)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject).issuer_name(issuer or subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(
            digital_signature=not is_ca, content_commitment=not is_ca, key_encipherment=False,
            data_encipherment=False, key_agreement=False, key_cert_sign=is_ca, crl_sign=is_ca,
            encipher_only=False, decipher_only=False), critical=True)
    )
    return builder.sign(issuer_key, hashes.SHA256())


def main(source, target, root_path, subfilter):
    root_key, key = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    root = issue("Raiz de outro programa (teste)", None, root_key, root_key, True)
    leaf = issue("Signatario de outro programa (teste)", root.subject, key, root_key, False)
    pem = serialization.Encoding.PEM
    with open(root_path, "wb") as file:
        file.write(root.public_bytes(pem))
    certificates = list(load_certs_from_pemder_data(leaf.public_bytes(pem) + root.public_bytes(pem)))
    private = load_private_key_from_pemder_data(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()), passphrase=None)
    store = SimpleCertificateStore()
    store.register_multiple(certificates)
    signer = signers.SimpleSigner(signing_cert=certificates[0], signing_key=private, cert_registry=store)
    with open(source, "rb") as file:
        writer = IncrementalPdfFileWriter(file)
        metadata = signers.PdfSignatureMetadata(field_name="Outro", subfilter=subfilter, md_algorithm="sha256")
        with open(target, "wb") as out:
            signers.sign_pdf(writer, metadata, signer=signer, output=out)


if __name__ == "__main__":
    kind = fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED if "--adbe" in sys.argv else fields.SigSeedSubFilter.PADES
    main(*sys.argv[1:4], kind)
