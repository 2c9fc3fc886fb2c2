"""botocore's own clients judge the double of Identity Center: identity_center.py URL

They parse its answers by AWS's service models, raise its errors by their modelled shapes, and the whole credential
chain of botocore (token file, refresh, role credentials) runs against it.
"""

import base64
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

import boto3
import botocore.exceptions
from botocore import UNSIGNED
from botocore.config import Config

url = sys.argv[1]
common = {"endpoint_url": url, "region_name": "sa-east-1", "config": Config(signature_version=UNSIGNED)}
oidc, portal = boto3.client("sso-oidc", **common), boto3.client("sso", **common)
start = "https://exemplo.awsapps.com/start"
device_grant = "urn:ietf:params:oauth:grant-type:device_code"
redirect = "http://127.0.0.1:49152/oauth/callback"


class KeepLocation(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def raises(shape, call, **arguments):
    try:
        call(**arguments)
    except getattr(call.__self__.exceptions, shape) as error:
        return error
    sys.exit(f"{shape} was not raised")


def authorize(client, verifier, **more):
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": client["clientId"],
        "redirect_uri": redirect,
        "state": "s",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "scopes": "sso:account:access",
        **more,
    }
    try:
        urllib.request.build_opener(KeepLocation).open(f"{url}/authorize?{urllib.parse.urlencode(query)}")
    except urllib.error.HTTPError as answer:
        if answer.code != 302:
            return None
        return urllib.parse.parse_qs(urllib.parse.urlsplit(answer.headers["location"]).query)["code"][0]
    return None


# Authorization code with PKCE.
raises("InvalidClientMetadataException", oidc.register_client, clientName="x", clientType="confidential")
browser = oidc.register_client(
    clientName="judge",
    clientType="public",
    scopes=["sso:account:access"],
    grantTypes=["authorization_code", "refresh_token"],
    redirectUris=["http://127.0.0.1/oauth/callback"],
    issuerUrl=start,
)
known = {"clientId": browser["clientId"], "clientSecret": browser["clientSecret"]}
assert browser["clientSecretExpiresAt"] > time.time() + 80 * 86400
assert authorize(browser, "v" * 43, redirect_uri="http://127.0.0.1:1/other") is None
assert authorize(browser, "v" * 43, scope="x", scopes="other") is None
exchange = {**known, "grantType": "authorization_code", "redirectUri": redirect}
raises(
    "InvalidGrantException", oidc.create_token, **exchange, code=authorize(browser, "v" * 43), codeVerifier="w" * 43
)
code = authorize(browser, "v" * 43)
tokens = oidc.create_token(**exchange, code=code, codeVerifier="v" * 43)
assert tokens["tokenType"] == "Bearer" and tokens["expiresIn"] > 0 and tokens["refreshToken"]
raises("InvalidGrantException", oidc.create_token, **exchange, code=code, codeVerifier="v" * 43)
raises("InvalidClientException", oidc.create_token, **{**exchange, "clientSecret": "x"}, code="x", codeVerifier="v" * 43)
raises("UnauthorizedClientException", oidc.create_token, **known, grantType=device_grant, deviceCode="x")
raises("UnsupportedGrantTypeException", oidc.create_token, **known, grantType="password")
refreshed = oidc.create_token(**known, grantType="refresh_token", refreshToken=tokens["refreshToken"])
assert refreshed["refreshToken"] != tokens["refreshToken"]
raises("InvalidGrantException", oidc.create_token, **known, grantType="refresh_token", refreshToken="x")

# Device code.
device = oidc.register_client(clientName="judge", clientType="public", grantTypes=[device_grant])
known = {"clientId": device["clientId"], "clientSecret": device["clientSecret"]}
begun = oidc.start_device_authorization(**known, startUrl=start)
poll = {**known, "grantType": device_grant, "deviceCode": begun["deviceCode"]}
raises("AuthorizationPendingException", oidc.create_token, **poll)
raises("SlowDownException", oidc.create_token, **poll)
urllib.request.urlopen(begun["verificationUriComplete"]).read()
time.sleep(begun["interval"])
unscoped = oidc.create_token(**poll)
assert "refreshToken" not in unscoped, "no scope, no refresh token"
raises("InvalidGrantException", oidc.create_token, **poll)

# Portal.
token = refreshed["accessToken"]
accounts = portal.get_paginator("list_accounts").paginate(accessToken=token).build_full_result()["accountList"]
account = accounts[0]["accountId"]
roles = portal.get_paginator("list_account_roles").paginate(accessToken=token, accountId=account).build_full_result()
role = roles["roleList"][0]["roleName"]
keys = portal.get_role_credentials(accessToken=token, accountId=account, roleName=role)["roleCredentials"]
assert keys["expiration"] > time.time() * 1000 and len(keys["sessionToken"]) > 500
raises("UnauthorizedException", portal.get_role_credentials, accessToken="x", accountId=account, roleName=role)
raises("ResourceNotFoundException", portal.get_role_credentials, accessToken=token, accountId="1" * 12, roleName=role)
try:
    portal.get_role_credentials(accessToken=token, accountId=account, roleName="Outra")
    sys.exit("a role that is not assigned was given")
except botocore.exceptions.ClientError as error:
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 403

# The whole chain: a token file with five minutes left is refreshed, and role credentials come out.
with tempfile.TemporaryDirectory() as home:
    cache = pathlib.Path(home, ".aws/sso/cache")
    cache.mkdir(parents=True)
    stamp = lambda seconds: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))
    fresh = oidc.create_token(
        clientId=browser["clientId"],
        clientSecret=browser["clientSecret"],
        grantType="refresh_token",
        refreshToken=refreshed["refreshToken"],
    )
    stored = {
        "startUrl": start,
        "region": "sa-east-1",
        "accessToken": fresh["accessToken"],
        "expiresAt": stamp(300),
        "clientId": browser["clientId"],
        "clientSecret": browser["clientSecret"],
        "registrationExpiresAt": stamp(86400),
        "refreshToken": fresh["refreshToken"],
    }
    name = hashlib.sha1(b"judge").hexdigest()
    pathlib.Path(cache, f"{name}.json").write_text(json.dumps(stored))
    pathlib.Path(home, ".aws/config").write_text(
        f"[profile p]\nsso_session = judge\nsso_account_id = {account}\nsso_role_name = {role}\nregion = sa-east-1\n"
        f"[sso-session judge]\nsso_region = sa-east-1\nsso_start_url = {start}\nsso_registration_scopes = sso:account:access\n"
    )
    # A process of its own: botocore looks for its home folder when it is imported.
    ask = "import botocore.session; print(botocore.session.get_session().get_credentials().get_frozen_credentials())"
    chain = {"HOME": home, "AWS_PROFILE": "p", "AWS_ENDPOINT_URL_SSO": url, "AWS_ENDPOINT_URL_SSO_OIDC": url}
    found = subprocess.run([sys.executable, "-c", ask], env={**os.environ, **chain}, capture_output=True, text=True)
    assert "access_key='ASIA" in found.stdout, found.stderr
    kept = json.loads(pathlib.Path(cache, f"{name}.json").read_text())
    assert kept["accessToken"] != fresh["accessToken"], "it was refreshed"

assert portal.logout(accessToken=token)["ResponseMetadata"]["HTTPStatusCode"] == 200
raises("UnauthorizedException", portal.logout, accessToken=token)
print("judged right")
