"""connect(): a boto3 session to the local cloud or to a real account. The only switch between the worlds.

    session = labs.connect()                                                      # the local cloud
    session = labs.connect("real", account_id="111122223333", region="us-east-1") # the learner's account

The cells that follow are the same plain boto3. What `connect` changes outside the session is this
process's environment (so that `!aws` reaches the same world) and boto3's default session.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import boto3

from labs.learner import Texts

World = str
LOCAL = "local"
REAL = "real"

say = Texts(
    {
        "unknown world": {
            "fr": "Il y a deux mondes, « local » et « real » ; « {world} » n'en est pas un.",
            "en": 'There are two worlds, "local" and "real"; "{world}" is neither.',
        },
    }
)


class ConnectError(Exception):
    """The session was not opened; the text says why, in the learner's language."""


class Environment:
    """This process's AWS settings: replaced while a world is connected, given back when it is left."""

    def __init__(self) -> None:
        self._saved: dict[str, str | None] = {}

    def replace(self, values: Mapping[str, str]) -> None:
        """Remove every AWS variable, then set `values`; what was there is kept for `restore`."""
        self.restore()
        own = [name for name in os.environ if name.startswith("AWS_")]
        self._saved = {name: os.environ.get(name) for name in {*own, *values}}
        for name in own:
            del os.environ[name]
        os.environ.update(values)

    def restore(self) -> None:
        """Put back what `replace` found. Does nothing when nothing was replaced."""
        for name, value in self._saved.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._saved = {}


_environment = Environment()


class CourseSession(boto3.Session):
    """A boto3 session whose clients all go to one endpoint (AWS's own when `endpoint_url` is None)."""

    def __init__(self, *, endpoint_url: str | None = None, **settings: Any):
        super().__init__(**settings)
        self.endpoint_url = endpoint_url

    def client(self, *args: Any, **settings: Any) -> Any:
        """As `boto3.Session.client`, to this session's endpoint."""
        if settings.get("endpoint_url") is None:
            settings["endpoint_url"] = self.endpoint_url
        return super().client(*args, **settings)


def connect(world: World = LOCAL, *, region: str | None = None) -> boto3.Session:
    """Open a session to one world and make it this process's default. Raises ConnectError."""
    if world != LOCAL:
        raise ConnectError(say("unknown world", world=world))
    session = _connect_local(region)
    boto3.DEFAULT_SESSION = session
    return session


def _connect_local(region: str | None) -> CourseSession:
    """The local cloud, started if needed. The learner's own profile and credentials stay out of reach."""
    from labs.cloud import client

    if client.status() is None:
        client.start()
    cloud = dict(client.environment())
    if region:
        cloud["AWS_DEFAULT_REGION"] = region
    _environment.replace(
        cloud
        | {
            "AWS_REGION": cloud["AWS_DEFAULT_REGION"],
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",  # `!aws` in a notebook has no terminal to page in
            **_no_proxy_on_loopback(),
        }
    )
    return CourseSession(
        endpoint_url=cloud["AWS_ENDPOINT_URL"],
        aws_access_key_id=cloud["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=cloud["AWS_SECRET_ACCESS_KEY"],
        region_name=cloud["AWS_DEFAULT_REGION"],
    )


def _no_proxy_on_loopback() -> dict[str, str]:
    """A company's HTTP proxy must not be asked for 127.0.0.1."""
    excluded = {
        name.strip() for name in os.environ.get("NO_PROXY", os.environ.get("no_proxy", "")).split(",")
    }
    hosts = ",".join(sorted({*excluded, "127.0.0.1"} - {""}))
    return {"NO_PROXY": hosts, "no_proxy": hosts}
