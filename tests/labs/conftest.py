"""A remote account for the tests: moto behind HTTP, reached as a real account would be."""

from __future__ import annotations

import copy
import copyreg
import functools
import json
import logging
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from pkgutil import resolve_name
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from aws_lab import REGION, Account
from aws_lab_parts import ACCOUNT, EXECUTION_POLICY, INSTANCE_POLICY
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.httpsession import URLLib3Session

from labs import session
from labs.real import prices
from labs.real.ledger import folder
from labs.session import CourseSession

# What each session or call finds out again, though it never changes.
PURE = (
    "botocore.session.create_loader",
    "botocore.useragent.sanitize_user_agent_string_component",
    "moto.moto_server.werkzeug_app.DomainDispatcherApplication.get_backend_for_host",
)


@pytest.fixture(scope="session")
def _moto() -> Iterator[str]:
    from moto.ecs.models import EC2ContainerServiceBackend
    from moto.iam import models
    from moto.server import ThreadedMotoServer
    from moto.ssm.models import ParameterDict

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
        # moto reads all of AWS's policies again at each reset: the lab attaches few.
        policies = json.loads(models.aws_managed_policies_data)
        names = (policy.rpartition("/")[2] for policy in (EXECUTION_POLICY, INSTANCE_POLICY))
        patch.setattr(
            models, "aws_managed_policies_data", json.dumps({name: policies[name] for name in names})
        )
        patch.setattr(EC2ContainerServiceBackend, "describe_capacity_providers", _named_or_all)
        # moto inspects all members of a class at each call, to find one by name.
        patch.setattr("moto.core.responses.method_names_from_class", dir)
        for name in PURE:
            patch.setattr(name, functools.cache(resolve_name(name)))
        # What `once` meets in moto and cannot copy by itself.
        copyreg.pickle(type(threading.RLock()), lambda _: (threading.RLock, ()))
        copyreg.pickle(ParameterDict, _copied)
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        patch.setattr(URLLib3Session, "send", _without_a_socket(f"http://{host}:{port}", URLLib3Session.send))
        yield f"http://{host}:{port}"
        server.stop()


def _named_or_all(ecs: Any, names: list[str] | None) -> tuple[list[Any], list[Any]]:
    """Capacity providers: moto wants names, where AWS gives all of them."""
    known = ecs.capacity_providers
    return [known[name] for name in names or known if name in known], []


def _copied(parameters: Any) -> tuple[Any, ...]:
    """How SSM's parameters are copied: theirs is a defaultdict that is not made as one."""
    return (
        type(parameters),
        (parameters.account_id, parameters.region_name),
        vars(parameters),
        None,
        iter(parameters.items()),
    )


def _without_a_socket(endpoint: str, send: Callable[..., Any]) -> Callable[..., Any]:
    """botocore's last step, with moto called in place where the request is for it: a test sends thousands."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.test import EnvironBuilder, run_wsgi_app

    moto = DomainDispatcherApplication(create_backend_app)

    def answer(session: URLLib3Session, request: Any) -> Any:
        if not request.url.startswith(endpoint):
            return send(session, request)
        url = urlsplit(request.url)
        headers = [(name, _text(value)) for name, value in request.headers.items()]
        builder = EnvironBuilder(
            path=url.path or "/",
            query_string=url.query,
            base_url=endpoint,
            method=request.method,
            headers=headers,
            data=request.body,
        )
        body, status, answered = run_wsgi_app(moto, builder.get_environ(), buffered=True)
        raw = SimpleNamespace(stream=lambda: body)
        fields: Any = HeadersDict(answered.items())
        return AWSResponse(request.url, int(status.split()[0]), fields, raw)

    return answer


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


@pytest.fixture
def account(_moto: str, course_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An empty account, whose keys are in the environment; the course's home is empty too."""
    urllib.request.urlopen(urllib.request.Request(f"{_moto}/moto-api/reset", method="POST"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setattr(prices, "show", lambda items: None)
    monkeypatch.setattr("labs.cloud.client._running", lambda: None)
    default = boto3.DEFAULT_SESSION
    yield Account(_moto)
    session._environment.restore()
    boto3.DEFAULT_SESSION = default


@pytest.fixture(scope="session")
def _worlds() -> dict[Callable[..., Any], Any]:
    return {}


@pytest.fixture
def once(account: Account, _worlds: dict[Callable[..., Any], Any]) -> Callable[..., Any]:
    """Fill the empty account, by `make` itself in the first test that asks; each later one finds a copy."""
    from moto.core.base_backend import BackendDict

    def once_(make: Callable[..., Any], *given: Any) -> Any:
        if make not in _worlds:
            before = set(folder().glob("*"))
            made = make(*given)
            ledgers = {path.name: path.read_bytes() for path in set(folder().glob("*")) - before}
            services = list(BackendDict._instances)
            # One copy of everything: services hold things of each other.
            _worlds[make] = services, copy.deepcopy((made, ledgers, [dict(service) for service in services]))
        services, world = _worlds[make]
        made, ledgers, held = copy.deepcopy(world)
        for service in BackendDict._instances:
            service.clear()
        BackendDict._instances[:] = services
        for service, accounts in zip(services, held, strict=True):
            service.update(accounts)
        folder().mkdir(parents=True, exist_ok=True)
        for name, content in ledgers.items():
            (folder() / name).write_bytes(content)
        return made

    return once_


@pytest.fixture
def connect(account: Account) -> Callable[..., CourseSession]:
    """Connect to the account as a learner would to a real one."""

    def connect_(run: str | None = "mine") -> CourseSession:
        return session.connect(
            "real", account_id=ACCOUNT, region=REGION, run=run, endpoint_url=account.endpoint
        )

    return connect_
