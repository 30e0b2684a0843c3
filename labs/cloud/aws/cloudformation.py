"""CloudFormation: the course's own engine in the place of moto's.

moto's skips unknown types in silence, loses properties of tasks and services and does not roll back; it also imports
every service that moto has. Nothing of it is used: where moto's dispatcher looks for it, it finds ours, imported when
the first request comes.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from labs.cloud.runtime import Runtime


class _Instead(ModuleType):
    """What moto imports as `moto.cloudformation`."""

    def __init__(self, runtime: Runtime):
        super().__init__("moto.cloudformation", __doc__)
        self._runtime = runtime

    @property
    def cloudformation_backends(self) -> Any:
        """The stacks, by account and Region."""
        from labs.cloud.cloudformation.backend import StackBackend, stack_backends
        from labs.cloud.cloudformation.clients import Clients

        if getattr(StackBackend, "runtime", None) is not self._runtime:
            StackBackend.runtime = self._runtime
            StackBackend.clients = Clients(self._runtime.endpoint)
        return stack_backends


def install(runtime: Runtime) -> None:
    """Put the stack engine in moto's place."""
    sys.modules["moto.cloudformation"] = _Instead(runtime)
