"""An account for the tests, the lab in it, and what watches or kills a session that makes it."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import boto3
from aws_lab_parts import PARTS, Site
from botocore.awsrequest import AWSResponse

from labs.real.operations import TABLE, is_read
from labs.real.resources import KINDS

REGION = "us-east-1"


class Account:
    """Somebody's AWS account, as its owner sees it: unguarded clients, made once."""

    def __init__(self, endpoint: str):
        self.endpoint = endpoint
        self.region_name = REGION
        make = functools.partial(boto3.Session().client, endpoint_url=endpoint, region_name=REGION)
        self.client: Callable[[str], Any] = functools.cache(make)


def make(session: Any, name: str = "frenchbakery", zones: tuple[str, str] = ("a", "b")) -> dict[str, str]:
    """The whole lab. Gives the id of one resource of each kind that the course makes."""
    site = Site(session, name, zones)
    for part in PARTS:
        part(site)
    return site.ids


def join(owner: Account, cluster: str, instance: str) -> str:
    """Register an instance with a cluster, as the agent on it does. Gives the container instance's ARN."""
    document = json.dumps({"instanceId": instance})
    registered = owner.client("ecs").register_container_instance(
        cluster=cluster, instanceIdentityDocument=document
    )
    return str(registered["containerInstance"]["containerInstanceArn"])


def set_off(owner: Account, cluster: str, rule: str) -> str:
    """Start a task as EventBridge does at a rule's event: in the rule's name, without tags. Gives its id."""
    ecs = owner.client("ecs")
    ecs.register_task_definition(
        family="loaf", containerDefinitions=[{"name": "loaf", "image": "loaf", "memory": 8}]
    )
    [task] = ecs.run_task(
        cluster=cluster, taskDefinition="loaf", launchType="FARGATE", startedBy=f"events-rule/{rule}"
    )["tasks"]
    return str(task["taskArn"].rpartition("/")[2])


def without_moto(session: Any, operation: str) -> None:
    """Answer `service.Operation`, which moto does not know, with a success that says nothing."""

    def answer(request: Any, **_: Any) -> AWSResponse:
        raw: Any = SimpleNamespace(stream=lambda: [b"{}"])
        return AWSResponse(request.url, 200, {}, raw)

    session.events.register(f"before-send.{operation}", answer)


class Killed(BaseException):
    """What a test raises where a process might die."""


def _is_write(model: Any) -> bool:
    return not is_read(model.service_model.service_name, model.name)


def kind_made(call: str) -> str | None:
    """The kind of resource that a write (`ecs:CreateCluster {…}`) makes."""
    service, operation = call.split()[0].split(":")
    return TABLE[service][operation].makes


def writes_of(session: Any) -> list[str]:
    """The writes that the session sends from now on, by operation (clients made so far are not watched)."""
    sent: list[str] = []

    def note(model: Any, **_: Any) -> None:
        if _is_write(model):
            sent.append(f"{model.service_model.service_name}:{model.name}")

    session.events.register("before-call", note)
    return sent


class Kill:
    """Dies at the session's writes for which `when` is true: as they are sent, or before their answers are read."""

    def __init__(self, session: Any, *, answered: bool):
        self.when: Callable[[str], bool] | None = None
        self._call = ""
        session.events.register("before-call", self._sent)
        if answered:
            session.events.register_first("after-call", self._die)
        else:
            session.events.register("before-call", self._die)

    def _sent(self, model: Any, params: Any, **_: Any) -> None:
        self._call = f"{model.service_model.service_name}:{model.name} {params['url_path']}{params['body']}"

    def _die(self, model: Any, **_: Any) -> None:
        if _is_write(model) and self.when is not None and self.when(self._call):
            raise Killed


def everything(account: Account) -> dict[str, dict[str, dict[str, str]]]:
    """All that an account holds, by kind, with tags."""
    return {
        name: {id_: dict(tags) for id_, tags in kind.each(account.client)} for name, kind in KINDS.items()
    }
