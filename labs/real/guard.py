"""The guard: botocore hooks that tag, write down and confine what a session does.

Cells stay plain boto3. Before a create call is sent, its tags are added and its intent is in the ledger;
when the answer is back, so is the outcome. On a real account, whatever `labs.real.operations` does not list is
refused before it is sent, and only resources that the ledger and their own tags agree on may be changed,
deleted or built upon. In the local cloud, which holds nothing but the course, nothing is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jmespath
from botocore.exceptions import ClientError
from botocore.hooks import BaseEventHooks

from labs.real.guard_texts import say
from labs.real.ledger import RUN_TAG, Ledger, Resource
from labs.real.operations import TABLE, is_read
from labs.real.operations.model import Operation, Params
from labs.real.resources import KINDS, short
from labs.real.resources.model import Aws

_PENDING = "frenchbakery-course"  # this module's place in botocore's request context


class Refused(Exception):
    """The call was not sent; the text says why, in the learner's language."""


class Absent(Refused, ClientError):
    """Refused because there is no such thing: to code that passes over what is gone, the answer AWS gives."""

    def __init__(self, text: str, operation: str):
        ClientError.__init__(
            self, {"Error": {"Code": "ResourceNotFoundException", "Message": text}}, operation
        )

    def __str__(self) -> str:
        return str(self.response["Error"]["Message"])


@dataclass(frozen=True)
class _Pending:
    """A listed call on its way."""

    name: str
    operation: Operation
    request: Params
    intent: str | None


def _filled(given: Params, sets: Params) -> dict[str, Any]:
    """What is given, and beside it what it leaves unsaid."""
    filled = {**sets, **given}
    for name in sets.keys() & given.keys():
        if isinstance(sets[name], dict) and isinstance(given[name], dict):
            filled[name] = _filled(given[name], sets[name])
    return filled


class Guard:
    """Watches one session for one run."""

    def __init__(self, ledger: Ledger, aws: Aws, *, strict: bool):
        """`aws` gives clients of the same session, with which resources are looked at; `strict` refuses."""
        self.ledger = ledger
        self.run = ledger.run
        self.aws = aws
        self.strict = strict

    def watch(self, events: BaseEventHooks) -> None:
        """Hook into a session's events: every client made from it afterwards is watched."""
        events.register("before-parameter-build", self._prepare)
        events.register("before-call", self._announce)
        events.register("after-call", self._settle)
        events.register("after-call-error", self._unsettle)

    def require(self, resource: Resource) -> None:
        """For what goes past boto3 (`docker push`): raises Refused unless a real account's resource is the run's."""
        if self.strict and (problem := self._problem(resource)):
            raise Refused(say(problem, resource=resource))

    def _prepare(self, params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        service, name = model.service_model.service_name, model.name
        operation = TABLE.get(service, {}).get(name)
        if self.strict:
            if context.get("is_presign_request") and not is_read(service, name):
                operation = None  # its use would go unseen: refused as anything unlisted is
            self._check(service, name, operation, params, context.get("client_region", self.run.region))
        if operation is None:
            return
        if self.strict:
            params.update(_filled(params, operation.sets))
            if operation.before:
                operation.before(self.aws, params)
        makes = operation.makes and not (operation.again and self._is_there(operation, params))
        intent = self.ledger.new_intent() if makes else None
        if intent and operation.tags:
            params.update(operation.tags(params, self.run.tags(intent)))
        context[_PENDING] = _Pending(f"{service}:{name}", operation, dict(params), intent)

    def _check(
        self, service: str, name: str, operation: Operation | None, request: Params, region: str
    ) -> None:
        """Raises Refused for a call that must not be sent."""

        def refuse(reason: str, **details: Any) -> None:
            text = say("refused", operation=f"{service}:{name}", reason=say(reason, **details))
            raise Absent(text, name) if reason == "unknown" else Refused(text)

        if region != self.run.region and not region.endswith(
            "-global"
        ):  # botocore's Region of IAM: aws-global
            refuse("region", region=self.run.region)
        if operation is None:
            if not is_read(service, name):
                refuse("unlisted")
            return
        if service == "ecr" and request.get("registryId", self.run.account) != self.run.account:
            refuse("registry", registry=request["registryId"])
        if operation.forbids and (reason := operation.forbids(request)):
            refuse(reason)
        for given in (name for named in operation.touched for name in named.names(request)):
            if self._is_elsewhere(given):
                refuse("foreign", resource=given)
        touched = [resource for named in operation.touched for resource in named.of(request)]
        if operation.changes_behind:
            touched += operation.changes_behind(self.aws, request)
        if not operation.makes and not touched and not is_read(service, name):
            refuse("unnamed")
        for resource in touched:
            problem = self._problem(resource)
            if problem and not (problem == "unknown" and operation.passes_over):
                refuse(problem, resource=resource)
        if operation.makes and operation.at_most is not None:
            there = sum(tags.get(RUN_TAG) == self.run.id for _, tags in KINDS[operation.makes].each(self.aws))
            if there + operation.wanted(request) > operation.at_most:
                refuse("many", most=operation.at_most, there=there)
        if operation.makes and operation.existing and (id_ := operation.existing(self.aws, request)):
            existing = Resource(operation.makes, id_)
            if self._problem(existing) == "foreign":
                refuse("taken", resource=existing)

    def _is_there(self, operation: Operation, request: Params) -> bool:
        """Whether what the call would make exists."""
        id_ = operation.existing(self.aws, request) if operation.existing else None
        return id_ is not None and KINDS[operation.makes or ""].tags(self.aws, id_) is not None

    def _is_elsewhere(self, id_: str) -> bool:
        """Whether an ARN leads to another account or Region, where the same name may be somebody else's."""
        if not id_.startswith("arn:"):
            return False
        region, account = id_.split(":", 5)[3:5]
        return region not in ("", self.run.region) or account not in ("", self.run.account)

    def _problem(self, resource: Resource) -> str | None:
        """Why the resource is not to be touched: "foreign", "unknown", or None when it is the run's."""
        while owner := KINDS[resource.kind].owner(self.aws, resource.id):
            if resource == Resource(*owner):
                break
            resource = Resource(*owner)
        tags = KINDS[resource.kind].tags(self.aws, resource.id)
        record = self.ledger.record
        if tags is None:  # gone: if it was the run's, AWS may say so itself
            return None if resource in record.made else "unknown"
        return None if record.agrees(resource, tags) else "foreign"

    def _announce(self, context: dict[str, Any], **_: Any) -> None:
        pending: _Pending | None = context.get(_PENDING)
        if pending and pending.intent and pending.operation.makes:
            names = pending.operation.name(pending.request) if pending.operation.name else []
            self.ledger.intend(pending.intent, pending.name, pending.operation.makes, next(iter(names), None))

    def _settle(self, http_response: Any, parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        pending: _Pending | None = context.get(_PENDING)
        if pending is None:
            return
        refused = http_response.status_code >= 300
        # A call that botocore sent again may have been carried out twice, or have met its own first result.
        repeated = parsed.get("ResponseMetadata", {}).get("RetryAttempts", 0) > 0
        if pending.intent and pending.operation.makes:
            if not refused:
                self.ledger.made(pending.intent, self._made(pending, parsed), open=repeated)
            elif repeated or http_response.status_code >= 500:
                self.ledger.unanswered(pending.intent, parsed.get("Error", {}).get("Code", ""))
            else:
                self.ledger.refused(pending.intent, parsed.get("Error", {}).get("Code", ""))
        elif pending.operation.deletes and not refused:
            for resource in pending.operation.deletes.of(pending.request):
                self.ledger.deleted(resource)

    @staticmethod
    def _made(pending: _Pending, parsed: dict[str, Any]) -> list[str]:
        operation = pending.operation
        if operation.made:
            found = jmespath.search(operation.made, parsed)
            names = found if isinstance(found, list) else [found]
        else:
            names = operation.name(pending.request) if operation.name else []
        return [short(operation.makes or "", name) for name in names]

    def _unsettle(self, exception: Exception, context: dict[str, Any], **_: Any) -> None:
        pending: _Pending | None = context.get(_PENDING)
        if pending and pending.intent:
            self.ledger.unanswered(pending.intent, type(exception).__name__)
