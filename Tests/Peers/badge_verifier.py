"""Checks a badge with nothing but the bundle that it was downloaded in: python badge_verifier.py < bundle.json. No network."""
import base64, datetime, gzip, json, sys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verified(token, document):
    """The claims of a token that a key of the issuer's document signed."""
    head, body, signature = token.split(".")
    header = json.loads(decode(head))
    assert set(header) == {"alg", "kid", "typ"} and header["alg"] == "EdDSA", "header"
    method = next(m for m in document["verificationMethod"] if m["id"] == header["kid"])
    assert header["kid"] in document["assertionMethod"], "key may not assert"
    key = Ed25519PublicKey.from_public_bytes(decode(method["publicKeyJwk"]["x"]))
    key.verify(decode(signature), f"{head}.{body}".encode())
    claims = json.loads(decode(body))
    issuer = claims["issuer"] if isinstance(claims["issuer"], str) else claims["issuer"]["id"]
    assert issuer == claims["iss"] == document["id"] == header["kid"].split("#")[0], "issuer"
    assert claims["jti"] == claims["id"], "identifier"
    return claims


def check(bundle):
    badge = verified(bundle["credential"], bundle["didDocument"])
    entry = badge["credentialStatus"]
    statuses = verified(bundle["statusList"]["credential"], bundle["didDocument"])
    assert statuses["id"] == entry["statusListCredential"], "another list"
    bits = gzip.decompress(decode(statuses["credentialSubject"]["encodedList"].removeprefix("u")))
    index = int(entry["statusListIndex"])
    until = badge.get("validUntil")
    if bits[index // 8] >> (7 - index % 8) & 1:
        return "revoked"
    if until and datetime.datetime.fromisoformat(until) < datetime.datetime.now(datetime.timezone.utc):
        return "expired"
    assert len(bits) >= 16384, "too short a list"
    return "valid " + badge["credentialSubject"]["achievement"]["name"]


try:
    print(check(json.load(sys.stdin)))
except (AssertionError, InvalidSignature, KeyError, StopIteration, ValueError) as error:
    print("refused", type(error).__name__, error)
