"""Which operations the course's own code takes part in, and which are moto's alone: `python -m tests.cloud.own_code`.

A process of its own, because installing the course's backends changes moto for good. Prints JSON: service → the
operations in which a method of `labs.cloud` answers, or is called by moto's answer by name.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import botocore.session

MOTO = {"application-autoscaling": "applicationautoscaling"}  # service → moto's module, where they differ


def of_course(member: Any) -> bool:
    """Whether the code of a method or property is ours; classes may carry moto's module name."""
    function = getattr(member, "fget", None) or getattr(member, "__func__", member)
    code = getattr(function, "__code__", None)
    return code is not None and f"{os.sep}labs{os.sep}cloud{os.sep}" in code.co_filename


def own_members(cls: type) -> set[str]:
    """The names of those members of a class, inherited ones included, that are ours."""
    names = {name for each in cls.__mro__ for name in vars(each)}
    return {name for name in names if of_course(_found(cls, name))}


def _found(cls: type, name: str) -> Any:
    return next((vars(each)[name] for each in cls.__mro__ if name in vars(each)), None)


def responses(service: str) -> Iterator[type]:
    """The classes that answer for a service."""
    if service == "cloudformation":
        yield import_module("labs.cloud.cloudformation.api").StackResponse
        return
    if service == "elbv2":
        yield import_module("moto.elb.urls").ELBV2Response
        return
    urls = import_module(f"moto.{MOTO.get(service, service)}.urls")
    for answer in urls.url_paths.values():
        answer = getattr(answer, "__self__", None)
        if isinstance(answer, type):
            yield answer


def own_operations(service: str) -> list[str]:
    """The operations of a service that are not moto's alone."""
    from moto.core.utils import camelcase_to_underscores

    session = botocore.session.get_session()
    backends: set[str] = set()
    if service != "cloudformation":
        module = MOTO.get(service, service)
        models = import_module(f"moto.{module}.models")
        backends = own_members(getattr(models, f"{module}_backends").backend)
    own = []
    for operation in session.get_service_model(service).operation_names:
        for answers in set(responses(service)):
            method = getattr(answers, camelcase_to_underscores(operation), None)
            code = getattr(method, "__code__", None)
            if of_course(method) or (code is not None and backends & set(code.co_names)):
                own.append(operation)
                break
    return own


def main(services: list[str]) -> None:
    from labs.cloud.api.signing import Keyring
    from labs.cloud.aws import patches
    from labs.cloud.cloudformation.operations import StackOperations
    from labs.cloud.runtime import Runtime

    with tempfile.TemporaryDirectory() as home:
        runtime = Runtime(home=Path(home), port=1, credentials=Keyring())
        patches.install(runtime)
        for late in patches.ON_FIRST_CALL:
            patches.before_first_call(runtime, late)
        runtime.stack_operations = StackOperations()
        print(json.dumps({service: own_operations(service) for service in services}))


if __name__ == "__main__":
    main(sys.argv[1:])
