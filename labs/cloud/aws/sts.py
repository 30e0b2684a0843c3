"""Identities: the learner's own, session tokens that can be verified, and the keys that were given out.

moto answers GetCallerIdentity with a fixed user and GetSessionToken with AWS's example key, which anybody knows.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.iam.models import iam_backends
from moto.sts import urls as sts_urls
from moto.sts.models import AssumedRole, STSBackend, sts_backends
from moto.sts.responses import TokenResponse

from labs.cloud.api.signing import Key
from labs.cloud.authorization.authorizer import LEARNER, decode
from labs.cloud.authorization.identities import assumed_role
from labs.cloud.runtime import Runtime


class InvalidEncodedMessage(ServiceException):
    """DecodeAuthorizationMessage was given what this cloud did not encode."""

    code = "InvalidAuthorizationMessageException"
    message = "The encoded authorization message is not valid."


def find_issued_key(runtime: Runtime, access_key_id: str) -> Key | None:
    """The key, when IAM or STS of this cloud gave it out and it still counts."""
    with runtime.lock:
        role = assumed_role(access_key_id)
        if role is not None:
            expires = role.expiration if role.expiration.tzinfo else role.expiration.replace(tzinfo=UTC)
            return Key(role.secret_access_key, role.session_token) if expires > datetime.now(UTC) else None
        for user in iam_backends[runtime.account_id]["aws"].users.values():
            for key in user.access_keys:
                if key.access_key_id == access_key_id and key.status == "Active":
                    return Key(key.secret_access_key)
    return None


def install(runtime: Runtime) -> None:
    """Patch STS and teach the keyring which keys were given out."""
    learner = f"arn:aws:iam::{runtime.account_id}:user/{LEARNER}"

    class Backend(STSBackend):
        def get_caller_identity(self, access_key_id: str, region: str) -> tuple[str, str, str]:
            if access_key_id == runtime.credentials.access_key_id:
                return "AIDALOCALCLOUDLEARNER", learner, self.account_id
            return super().get_caller_identity(access_key_id, region)

    class Response(TokenResponse):
        def _not_emulated(self) -> Any:
            raise NotImplementedError

        # The cloud has no identity provider whose word could be verified.
        assume_role_with_web_identity = assume_role_with_saml = _not_emulated
        get_session_token = get_federation_token = _not_emulated

        def decode_authorization_message(self) -> Any:
            try:
                decoded = decode(self._get_param("EncodedMessage"))
            except ValueError:
                raise InvalidEncodedMessage from None
            return ActionResult({"DecodedMessage": decoded})

        def assume_role(self) -> Any:
            if self._get_param("PolicyArns"):  # moto would drop these limits of the session
                raise NotImplementedError
            return super().assume_role()

    Backend.__module__ = STSBackend.__module__
    sts_backends.backend = Backend
    sts_urls.url_paths = dict.fromkeys(sts_urls.url_paths, Response.dispatch)
    runtime.credentials.issued = lambda access_key_id: find_issued_key(runtime, access_key_id)


def assume_task_role(runtime: Runtime, region: str, role_arn: str, session: str, seconds: int) -> AssumedRole:
    """Credentials of `role_arn` for a task. The caller holds the lock."""
    return sts_backends[runtime.account_id]["aws"].assume_role(
        region_name=region,
        role_session_name=session,
        role_arn=role_arn,
        policy="",
        duration=seconds,
        external_id="",
    )
