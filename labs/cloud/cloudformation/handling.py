"""Handling one resource: create, update, replace, delete, with the events that CloudFormation writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from labs.cloud.clock import Clock
from labs.cloud.cloudformation.context import (
    Cancelled,
    ClientFactory,
    Control,
    ResourceContext,
    current_control,
)
from labs.cloud.cloudformation.errors import TemplateError
from labs.cloud.cloudformation.journal import Journal
from labs.cloud.cloudformation.model import Deployed, Stack
from labs.cloud.cloudformation.resource import (
    Created,
    ReplacementNeeded,
    ResourceError,
    ResourceType,
    handler_message,
)

REPLACING = "Requested update requires the creation of a new physical resource; hence creating one."

_HANDLER_CODES = (  # of CloudFormation's HandlerErrorCode, by what an AWS error's code says
    (r"AlreadyExists|Duplicate|EntityAlreadyExists|InUse", "AlreadyExists"),
    (r"NotFound|NoSuch|DoesNotExist", "NotFound"),
    (r"AccessDenied|Unauthorized", "AccessDenied"),
    (r"LimitExceeded|Quota", "ServiceLimitExceeded"),
    (r"Invalid|Validation|ClientException|Malformed|ParamValidation", "InvalidRequest"),
)


def reason_of(error: Exception, type_name: str) -> str:
    """A failure of a resource of that type as CloudFormation writes it into ResourceStatusReason."""
    if isinstance(error, ResourceError | TemplateError):
        return str(error)
    if isinstance(error, ClientError):
        code, text = error.response["Error"]["Code"], error.response["Error"]["Message"]
        about = error.response.get("ResponseMetadata", {})
        service = type_name.split("::")[1].capitalize() if "::" in type_name else type_name
        text = (
            f"{text} (Service: {service}, Status Code: {about.get('HTTPStatusCode', 400)}, "
            f"Request ID: {about.get('RequestId', uuid4())})"
        )
    elif isinstance(error, BotoCoreError):
        code, text = type(error).__name__, str(error)
    else:
        code, text = (
            "InternalFailure",
            f"The local cloud failed to handle it ({type(error).__name__}: {error})",
        )
    kind = next(
        (name for pattern, name in _HANDLER_CODES if re.search(pattern, code)), "GeneralServiceException"
    )
    return handler_message(text, kind)


@dataclass
class Handling:
    """Handles the resources of one stack operation. Every method says whether it succeeded; it never raises."""

    stack: Stack
    journal: Journal
    types: Callable[[str], ResourceType | None]
    clients: ClientFactory
    clock: Clock
    control: Control
    dereference: Callable[[Any], Any]

    def create(self, record: Deployed, initial: str = "CREATE", reason: str | None = None) -> bool:
        """Create the resource of `record`; with `initial` UPDATE it replaces an older one."""
        record = self.journal.resource(record, f"{initial}_IN_PROGRESS", reason)

        def make() -> Created:
            kind, properties = self._ready(record)
            return kind.create(context, properties)

        def report(physical_id: str) -> None:
            nonlocal record
            record = self.journal.resource(
                record, f"{initial}_IN_PROGRESS", "Resource creation Initiated", physical_id=physical_id
            )

        context = self._context(record, report)
        created, why = self._attempt(record, make, "Resource creation cancelled")
        if created is None:
            self.journal.resource(record, f"{initial}_FAILED", why)
            return False
        context.initiated(created.physical_id)
        self.journal.resource(
            record,
            f"{initial}_COMPLETE",
            physical_id=created.physical_id,
            attributes=dict(created.attributes),
        )
        return True

    def update(self, old: Deployed, new: Deployed, tags_changed: bool) -> bool:
        """Bring `old` to the properties of `new`, in place or by a replacement."""
        changed = {
            name
            for name in old.properties.keys() | new.properties.keys()
            if old.properties.get(name) != new.properties.get(name)
        }
        if not changed and not tags_changed and old.status.endswith("_COMPLETE"):
            self._adopt(old, new)
            return True
        kind = self.types(new.type)
        if kind is not None and changed & kind.immutable():
            return self._replace(old, new)
        record = self.journal.resource(
            replace(new, physical_id=old.physical_id, attributes=old.attributes), "UPDATE_IN_PROGRESS"
        )

        touched = False

        def change() -> Created | None:
            nonlocal touched
            kind, properties = self._ready(record)
            touched = True
            try:
                return kind.update(
                    self._context(record), old.physical_id, self.dereference(old.properties), properties
                )
            except ReplacementNeeded:
                return _REPLACEMENT

        updated, why = self._attempt(record, change, "Resource update cancelled")
        if updated is _REPLACEMENT:
            return self._replace(old, new)
        if updated is None:
            self.journal.resource(record if touched else old, "UPDATE_FAILED", why)
            return False
        self.journal.resource(
            record,
            "UPDATE_COMPLETE",
            physical_id=updated.physical_id,
            attributes=dict(updated.attributes),
        )
        return True

    def delete(self, record: Deployed, retain: bool) -> bool:
        """Delete the resource of `record`, or only let go of it."""
        if retain:
            self.journal.leaving(record, "DELETE_SKIPPED")
            return True
        if not record.exists:
            if record.status != "DELETE_COMPLETE":
                self.journal.leaving(record, "DELETE_COMPLETE")
            return True
        self.journal.leaving(record, "DELETE_IN_PROGRESS")

        def remove() -> bool:
            kind = self._type(record)
            try:
                properties = self.dereference(record.properties)
            except TemplateError:  # the secret that it names is gone; that must not keep the resource alive
                properties = record.properties
            kind.delete(self._context(record), record.physical_id, properties)
            return True

        deleted, why = self._attempt(record, remove, "Resource deletion cancelled")
        self.journal.leaving(record, "DELETE_COMPLETE" if deleted else "DELETE_FAILED", why)
        return bool(deleted)

    def _replace(self, old: Deployed, new: Deployed) -> bool:
        with self.journal.lock:
            self.stack.leftovers.append(old)
        return self.create(replace(new, physical_id="", attributes={}), "UPDATE", REPLACING)

    def _adopt(self, old: Deployed, new: Deployed) -> None:
        """What needs no call: new policies, metadata and dependencies."""
        with self.journal.lock:
            self.control.check()
            self.stack.resources[old.logical_id] = replace(
                old,
                depends_on=new.depends_on,
                deletion_policy=new.deletion_policy,
                update_replace_policy=new.update_replace_policy,
                metadata=new.metadata,
            )

    def _type(self, record: Deployed) -> ResourceType:
        kind = self.types(record.type)
        if kind is None:
            raise ResourceError(f"{record.type} is not emulated by the local cloud.")
        return kind

    def _ready(self, record: Deployed) -> tuple[ResourceType, Mapping[str, Any]]:
        """The type, and the properties with their dynamic references replaced, found right by the type."""
        kind = self._type(record)
        properties = self.dereference(record.properties)
        try:
            kind.validate(properties)
        except ResourceError as error:
            raise ResourceError(
                f"Properties validation failed for resource {record.logical_id} with message:\n{error}"
            ) from error
        return kind, properties

    def _attempt(self, record: Deployed, work: Callable[[], Any], cancelled: str) -> tuple[Any, str | None]:
        """What `work` gives, or None with the reason of its failure."""
        token = current_control.set(self.control)
        try:
            return work(), None
        except Cancelled:
            return None, cancelled
        except Exception as error:
            return None, self._concealed(reason_of(error, record.type), record.properties)
        finally:
            current_control.reset(token)

    def _concealed(self, text: str, given: Mapping[str, Any]) -> str:
        """`text` with dynamic references in the place of what they stand for."""
        try:
            real = self.dereference(given)
        except TemplateError:
            return text
        for reference, secret in _replaced(given, real):
            text = text.replace(secret, reference)
        return text

    def _context(
        self, record: Deployed, report: Callable[[str], None] = lambda physical_id: None
    ) -> ResourceContext:
        stack = self.stack
        own = {
            "aws:cloudformation:stack-name": stack.name,
            "aws:cloudformation:stack-id": stack.id,
            "aws:cloudformation:logical-id": record.logical_id,
        }
        return ResourceContext(
            stack_name=stack.name,
            stack_id=stack.id,
            logical_id=record.logical_id,
            region=stack.region,
            account_id=stack.account_id,
            tags=dict(stack.revision.tags) | own,
            clients=self.clients,
            report=report,
            control=self.control,
            clock=self.clock,
        )


def _replaced(given: Any, real: Any) -> Iterator[tuple[str, str]]:
    """The strings that differ."""
    if isinstance(given, str):
        if given != real and real:
            yield given, real
    elif isinstance(given, Mapping):
        for name, item in given.items():
            yield from _replaced(item, real[name])
    elif isinstance(given, list):
        for item, other in zip(given, real, strict=True):
            yield from _replaced(item, other)


_REPLACEMENT = Created("", {"": "the type asked for a replacement"})
