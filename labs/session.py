"""connect(): a boto3 session to the local cloud or to a real account. The only switch between the worlds.

    session = labs.connect()                                                        # the local cloud
    session = labs.connect("real", account_id="111122223333", region="us-east-1")   # the learner's account

The cells that follow are the same plain boto3. What `connect` changes outside the session is this
process's environment (so that `!aws` reaches the local cloud) and boto3's default session.
"""

from __future__ import annotations

import functools
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
)
from botocore.loaders import Loader

from labs.real import prices
from labs.real.guard import Guard
from labs.real.ledger import Ledger, Run, folder, ledgers
from labs.session_texts import say

LOCAL = "local"
REAL = "real"
LOCAL_ACCOUNT = "123456789012"
AWS_HOSTS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")


class ConnectError(Exception):
    """The session was not opened; the text says why, in the learner's language."""


class Environment:
    """This process's AWS settings: replaced while the local cloud is connected, given back afterwards."""

    def __init__(self) -> None:
        self._saved: dict[str, str | None] = {}
        self._values: Mapping[str, str] = {}

    def replace(self, values: Mapping[str, str]) -> None:
        """Remove every AWS variable, then set `values`; what was there is kept for `restore`."""
        self.restore()
        own = [name for name in os.environ if name.startswith("AWS_")]
        self._saved = {name: os.environ.get(name) for name in {*own, *values}}
        for name in own:
            del os.environ[name]
        os.environ.update(values)
        self._values = values

    def restore(self) -> None:
        """Put back what `replace` found. Does nothing when nothing was replaced."""
        for name, value in self._saved.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._saved, self._values = {}, {}

    @contextmanager
    def left(self) -> Iterator[None]:
        """The learner's own settings are back from here on; but what was replaced returns if the block fails.

        A real account that was refused must not be within reach of the next `!aws`.
        """
        values = self._values
        self.restore()
        try:
            yield
        except BaseException:
            if values:
                self.replace(values)
            raise


_environment = Environment()


@functools.cache
def _models() -> Loader:
    """The services' models, shared by all sessions: reading them takes most of a session's first calls."""
    return Loader()


class CourseSession(boto3.Session):
    """A boto3 session for one run: one endpoint, and a guard that watches every client.

    `guard` is set once the run is known. A client is made once: to make one costs more than to call it.
    """

    guard: Guard

    def __init__(self, *, world: str, endpoint_url: str | None = None, **settings: Any):
        self._made = functools.cache(super().client)
        core = botocore.session.get_session()
        core.register_component("data_loader", _models())
        super().__init__(botocore_session=core, **settings)
        paths = _models().search_paths  # to which each boto3 session adds its own folder
        paths[:] = dict.fromkeys(paths)
        self.world = world
        self.endpoint_url = endpoint_url

    def client(self, *args: Any, **settings: Any) -> Any:
        """As `boto3.Session.client`. On a real account, raises ConnectError for another endpoint or other keys."""
        if self.world == REAL and any(
            settings.get(name) for name in ("endpoint_url", "aws_access_key_id", "aws_secret_access_key")
        ):
            raise ConnectError(say("own client"))
        if settings.get("endpoint_url") is None:
            settings["endpoint_url"] = self.endpoint_url
        client = self._made(*args, **settings)
        host = urlsplit(client.meta.endpoint_url).hostname or ""
        if self.world == REAL and self.endpoint_url is None and not host.endswith(AWS_HOSTS):
            raise ConnectError(say("endpoint", host=host))
        return client

    aws = client  # for what takes clients and nothing else of a session

    @property
    def events(self) -> Any:
        """As `boto3.Session.events`: what is registered there is heeded by the clients asked for from now on."""
        self._made.cache_clear()
        return super().events

    def watch(self, run: Ledger) -> None:
        """Put every client made from now on under the guard of a run."""
        self.guard = Guard(run, self.client, strict=self.world == REAL)
        self.guard.watch(self.events)
        if self.world == LOCAL:
            self.events.register_last("after-call-error", _say_that_the_cloud_is_gone)


def _say_that_the_cloud_is_gone(exception: Exception, **_: Any) -> None:
    """A refused connection to this machine means one thing, and botocore cannot know which."""
    if isinstance(exception, EndpointConnectionError | ConnectionClosedError):
        raise ConnectError(say("cloud gone")) from None


def connect(
    world: str = LOCAL,
    *,
    account_id: str | None = None,
    region: str | None = None,
    profile: str | None = None,
    run: str | None = None,
    endpoint_url: str | None = None,
) -> CourseSession:
    """Open a session to one world and make it boto3's default in this process.

    "local" starts the local cloud if needed; `region` is optional, and nothing of the learner's own AWS settings
    is used. "real" needs `account_id` and `region` typed out; credentials come from `profile`, else from boto3's
    usual places; `run` names the run to join (the latest one that is not cleaned up, else a new one).
    `endpoint_url` sends "real" to something other than AWS: for tests only. Raises ConnectError.
    """
    if world == LOCAL:
        session = _connect_local(region)
    elif world == REAL:
        account_id, region = _typed(account_id, region)
        prices.show(prices.estimate())
        with _environment.left():
            session = _connect_real(account_id, region, profile, run, endpoint_url)
    else:
        raise ConnectError(say("unknown world", world=world))
    boto3.DEFAULT_SESSION = session  # boto3.client(…) in a cell stays in the same world, under the same guard
    return session


def reconnect(run: Run, profile: str | None = None) -> CourseSession:
    """A session to where `run` took place, for the clean-up. Raises ConnectError."""
    if run.world == LOCAL:
        session = _connect_local(run.region)
        if session.guard.run != run:
            raise ConnectError(say("gone", run=run.id))
        return session
    with _environment.left():
        return _connect_real(run.account, run.region, profile, run.id, run.endpoint)


def _connect_local(region: str | None) -> CourseSession:
    from labs.cloud import client

    cloud = client.start()
    region = region or cloud.region
    _environment.replace(
        client.environment()
        | {
            "AWS_DEFAULT_REGION": region,
            "AWS_REGION": region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",  # `!aws` in a notebook has no terminal to page in
            **_no_proxy_on_loopback(),
        }
    )
    session = CourseSession(
        world=LOCAL,
        endpoint_url=cloud.endpoint,
        aws_access_key_id=cloud.access_key_id,
        aws_secret_access_key=cloud.secret_access_key,
        region_name=region,
    )
    # The cloud forgets everything when it stops, so a run is one life of it.
    life = re.sub(r"\D", "", cloud.started_at)[:14]  # to the second
    run = Run(f"{LOCAL}-{region}-{life}", LOCAL, LOCAL_ACCOUNT, region, cloud.endpoint)
    session.watch(Ledger.of(run, client.cloud_home() / "ledger"))
    return session


def _no_proxy_on_loopback() -> dict[str, str]:
    """A company's HTTP proxy must not be asked for 127.0.0.1."""
    excluded = {
        name.strip() for name in os.environ.get("NO_PROXY", os.environ.get("no_proxy", "")).split(",")
    }
    hosts = ",".join(sorted({*excluded, "127.0.0.1"} - {""}))
    return {"NO_PROXY": hosts, "no_proxy": hosts}


def _typed(account_id: str | None, region: str | None) -> tuple[str, str]:
    """The account and Region as the learner typed them. Raises ConnectError unless both are plausible."""
    if not account_id or not region:
        raise ConnectError(say("opt in"))
    if not re.fullmatch(r"\d{12}", account_id):
        raise ConnectError(say("account id", account=account_id))
    aws = botocore.session.get_session()
    known = {
        name
        for partition in aws.get_available_partitions()
        for name in aws.get_available_regions("ecs", partition_name=partition)
    }
    if region not in known:
        raise ConnectError(say("region", region=region))
    return account_id, region


def _connect_real(
    account: str, region: str, profile: str | None, run: str | None, endpoint_url: str | None
) -> CourseSession:
    try:
        session = CourseSession(
            world=REAL, endpoint_url=endpoint_url, profile_name=profile, region_name=region
        )
        caller = session.client("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise ConnectError(say("no identity", error=error)) from error
    if caller["Account"] != account:
        raise ConnectError(say("other account", typed=account, actual=caller["Account"]))
    if caller["Arn"].endswith(":root"):
        raise ConnectError(say("root", account=account))
    session.watch(_ledger(account, region, run, endpoint_url))
    return session


def _ledger(account: str, region: str, run: str | None, endpoint: str | None) -> Ledger:
    """The ledger of the run to join: the one named, else the latest open one there, else a new one."""
    if run is None:
        for ledger in reversed(ledgers(folder())):
            if not ledger.record.closed and ledger.run == Run(ledger.run.id, REAL, account, region, endpoint):
                return ledger
        run = f"{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(3)}"
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", run):
        raise ConnectError(say("run name", run=run))
    ledger = Ledger.of(Run(run, REAL, account, region, endpoint), folder())
    if ledger.run != Run(run, REAL, account, region, endpoint):
        raise ConnectError(say("other run", run=run, account=ledger.run.account, region=ledger.run.region))
    return ledger
