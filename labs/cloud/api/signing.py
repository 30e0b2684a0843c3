"""Who is calling: the cloud's own key and the verification of AWS Signature Version 4.

Only what is signed with a key that this cloud made is obeyed: its own key (random, per start, in a file that
only its user can read), and the keys that its IAM and STS gave out.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl

WINDOW = 300  # seconds a signed request stays valid; AWS's own tolerance
LONGEST_PRESIGN = 7 * 24 * 3600  # seconds; AWS's limit for presigned URLs
ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"

_CREDENTIAL = re.compile(r"([A-Za-z0-9]{16,128})/(\d{8})/([a-z0-9-]{1,40})/([a-z0-9.-]{1,60})/aws4_request")
_DATE = re.compile(r"\d{8}T\d{6}Z")


class SignatureError(Exception):
    """The request is refused with AWS's error `code`; `service` when its protocol is known already."""

    def __init__(self, code: str, message: str, status: int = 403, service: str = ""):
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.service = service


@dataclass(frozen=True)
class Key:
    """The secret half of an access key; `session_token` for temporary keys."""

    secret_access_key: str
    session_token: str | None = None


@dataclass(frozen=True)
class Request:
    """What a signature covers. `headers` have lower-case names; `path` and `query` are as sent, undecoded."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Caller:
    """A verified request's key and scope. `authorization` is the header form of its credential."""

    access_key_id: str
    region: str
    service: str
    authorization: str


@dataclass(frozen=True)
class _Claim:
    """What a request says about its own signature."""

    access_key_id: str
    day: str
    region: str
    service: str
    date: str
    signed_headers: tuple[str, ...]
    signature: str
    token: str | None
    expires: int
    query: str  # without the signature itself
    presigned: bool


class Keyring:
    """The cloud's own key, and whatever `issued` finds among the keys that the cloud gave out."""

    def __init__(
        self, issued: Callable[[str], Key | None] = lambda _: None, now: Callable[[], float] = time.time
    ):
        self.access_key_id = "AKIA" + base64.b32encode(secrets.token_bytes(10)).decode()
        self.secret_access_key = secrets.token_urlsafe(30)
        self.issued = issued
        self._now = now

    def find(self, access_key_id: str) -> Key | None:
        """The key of that id, when this cloud made it."""
        if access_key_id == self.access_key_id:
            return Key(self.secret_access_key)
        return self.issued(access_key_id)

    def verify(self, request: Request) -> Caller:
        """The caller of `request`. Raises SignatureError with AWS's code and wording."""
        claim = _read_claim(request)
        self._check_date(claim)
        key = self.find(claim.access_key_id)
        if key is None or not hmac.compare_digest(
            (key.session_token or "").encode(), (claim.token or "").encode()
        ):
            raise SignatureError(
                "UnrecognizedClientException", "The security token included in the request is invalid."
            )
        if not hmac.compare_digest(_sign(request, claim, key).encode(), claim.signature.encode()):
            raise SignatureError(
                "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided. Check your AWS "
                "Secret Access Key and signing method. Consult the service documentation for details.",
            )
        scope = f"{claim.access_key_id}/{claim.day}/{claim.region}/{claim.service}/aws4_request"
        return Caller(
            claim.access_key_id,
            claim.region,
            claim.service,
            f"{ALGORITHM} Credential={scope}, SignedHeaders={';'.join(claim.signed_headers)}, "
            f"Signature={claim.signature}",
        )

    def _check_date(self, claim: _Claim) -> None:
        try:
            signed_at = datetime.strptime(claim.date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
        except ValueError:
            raise _incomplete("X-Amz-Date is not a date.") from None
        if not claim.date.startswith(claim.day):
            raise SignatureError(
                "SignatureDoesNotMatch", "Date in Credential scope does not match X-Amz-Date."
            )
        age = self._now() - signed_at
        if age > claim.expires:
            raise SignatureError(
                "RequestExpired" if claim.presigned else "SignatureDoesNotMatch",
                f"Signature expired: {claim.date} is more than {claim.expires} seconds ago.",
            )
        if age < -WINDOW:
            raise SignatureError(
                "SignatureDoesNotMatch", f"Signature not yet current: {claim.date} is in the future."
            )


def _incomplete(message: str) -> SignatureError:
    return SignatureError("IncompleteSignature", message)


def _read_claim(request: Request) -> _Claim:
    """What the request says of its own signature. Raises SignatureError when that is not complete."""
    fields = dict(parse_qsl(request.query, keep_blank_values=True))
    expires, rest = WINDOW, request.query
    presigned = "authorization" not in request.headers
    if presigned and "X-Amz-Signature" not in fields:
        raise SignatureError("MissingAuthenticationToken", "Missing Authentication Token")
    if presigned:
        algorithm = fields.get("X-Amz-Algorithm", "")
        part = {
            name: fields.get(f"X-Amz-{name}", "") for name in ("Credential", "SignedHeaders", "Signature")
        }
        date, token = fields.get("X-Amz-Date", ""), fields.get("X-Amz-Security-Token")
        expires = _lifetime(fields.get("X-Amz-Expires", ""))
        rest = "&".join(pair for pair in rest.split("&") if not pair.startswith("X-Amz-Signature="))
    else:
        algorithm, _, parameters = request.headers["authorization"].partition(" ")
        part = dict(pair.strip().partition("=")[::2] for pair in parameters.split(","))
        date, token = request.headers.get("x-amz-date", ""), request.headers.get("x-amz-security-token")
    scope = _CREDENTIAL.fullmatch(part.get("Credential", ""))
    if algorithm != ALGORITHM or scope is None or _DATE.fullmatch(date) is None or not part.get("Signature"):
        raise _incomplete("The request must be signed with AWS Signature Version 4.")
    signed_headers = tuple(part.get("SignedHeaders", "").split(";"))
    # AWS's own rule: Host and every X-Amz-* header that is sent must be covered by the signature.
    needed = {"host", *(name for name in request.headers if name.startswith("x-amz-"))}
    if missing := needed.difference(signed_headers):
        raise SignatureError(
            "AccessDenied",
            f"There were headers present in the request which were not signed: {', '.join(sorted(missing))}",
        )
    access_key_id, day, region, service = scope.groups()
    return _Claim(
        access_key_id=access_key_id,
        day=day,
        region=region,
        service=service,
        date=date,
        signed_headers=signed_headers,
        signature=part["Signature"],
        token=token,
        expires=expires,
        query=rest,
        presigned=presigned,
    )


def _lifetime(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 6 and 1 <= int(text) <= LONGEST_PRESIGN):
        raise _incomplete(f"X-Amz-Expires must be between 1 and {LONGEST_PRESIGN} seconds.")
    return int(text)


def _payload_hash(request: Request, claim: _Claim) -> str:
    stated = request.headers.get("x-amz-content-sha256")
    if claim.service == "s3" and claim.presigned and stated in (None, UNSIGNED_PAYLOAD):
        return UNSIGNED_PAYLOAD  # a presigned S3 URL says nothing of the body: AWS's rule
    actual = hashlib.sha256(request.body).hexdigest()
    if stated is not None and not hmac.compare_digest(stated.encode(), actual.encode()):
        raise SignatureError(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )
    return actual


def _sign(request: Request, claim: _Claim, key: Key) -> str:
    """The signature that `key` gives to `request`, computed by botocore's own signer."""
    from botocore.auth import S3SigV4Auth, SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.compat import HTTPHeaders
    from botocore.credentials import Credentials

    base = S3SigV4Auth if claim.service == "s3" else SigV4Auth

    class Verifier(base):  # type: ignore[misc,valid-type]
        def headers_to_sign(self, request: AWSRequest) -> HTTPHeaders:
            covered = HTTPHeaders()
            for name in claim.signed_headers:
                covered[name] = request.headers.get(name, "")
            return covered

    url = f"http://{request.headers.get('host', '')}{request.path}" + (
        f"?{claim.query}" if claim.query else ""
    )
    signable = AWSRequest(request.method, url, headers=dict(request.headers))
    signable.context["timestamp"] = claim.date
    signable.headers["X-Amz-Content-SHA256"] = _payload_hash(request, claim)
    signer = Verifier(Credentials(claim.access_key_id, key.secret_access_key), claim.service, claim.region)
    return signer.signature(signer.string_to_sign(signable, signer.canonical_request(signable)), signable)
