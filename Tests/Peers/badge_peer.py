"""Has openbadgeslib check what was downloaded: python badge_peer.py EMAIL < bundle.json, or with `svg` or `png` and a baked picture's path."""
import hashlib, json, sys
from openbadgeslib.ob3 import OB3VerificationError, OB3Verifier

bundle = json.load(sys.stdin)
document = bundle["didDocument"]
host, *path = (part.replace("%3A", ":") for part in document["id"].removeprefix("did:web:").split(":"))
resources = {
    f"https://{host}/{'/'.join(path) or '.well-known'}/did.json": json.dumps(document).encode(),
    bundle["statusList"]["url"]: bundle["statusList"]["credential"].encode(),
}


def download(url):
    return resources[url]


token = bundle["credential"]
if len(sys.argv) > 3:
    picture = open(sys.argv[3], "rb").read()
    extract = OB3Verifier.extract_token_from_svg if sys.argv[2] == "svg" else OB3Verifier.extract_token_from_png
    token = extract(picture)
    token = token.decode() if isinstance(token, bytes) else token
try:
    verifier = OB3Verifier.for_issuer_did(document["id"], download=download)
    credential = verifier.verify(token, check_status=True, download=download)
    found = {identity.identity_type: identity for identity in credential.identifiers}
    mail = found.get("emailAddress")
    digest = mail and "sha256$" + hashlib.sha256((sys.argv[1] + mail.salt).encode()).hexdigest()
    print("valid", credential.achievement.name, "|", found["name"].identity_hash, "|", bool(mail) and mail.identity_hash == digest)
except OB3VerificationError as error:
    print("refused", error)
