"""A pytest plugin that puts the local cloud's backends in moto's place, in process, with nothing running behind.

Loaded by tests.moto_suites into a pytest that collects moto's own tests. Controllers and engine are left out:
a task stays as it was asked for, a target as it was registered.
"""

from __future__ import annotations

import functools
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore.waiter

os.environ.update(MOTO_DISABLE_GLOBAL_CORS="true")

from labs.cloud.api.signing import Keyring
from labs.cloud.aws import patches
from labs.cloud.aws.eks.addons import EksBackend
from labs.cloud.aws.eks.surroundings import Subnet, Surroundings
from labs.cloud.aws.elbv2 import snapshot
from labs.cloud.registry.images import Images
from labs.cloud.runtime import Runtime


class NoEngine:
    """Runs nothing, and is never asked to."""

    name = "none"

    def reach(self, loopback_url: str) -> str:
        return loopback_url

    def sweep(self) -> int:
        return 0

    def close(self) -> None:
        return None


class AnyAccount(Surroundings):
    """moto's tests of EKS name roles, subnets and keys that nobody made: here all of them are there."""

    def role_exists(self, arn: str) -> bool:
        return ":role/" in arn

    def trusts(self, role_arn: str, service: str, *further: str) -> bool:
        return self.role_exists(role_arn)

    def principal(self, access_key_id: str) -> str:
        return "arn:aws:iam::123456789012:user/learner"

    def key_exists(self, arn: str) -> bool:
        return True

    def has_key_pair(self, name: str) -> bool:
        return True

    def subnets(self, ids: Iterable[str]) -> dict[str, Subnet]:
        return {name: Subnet(name, "vpc-1", f"zone-{number}", False) for number, name in enumerate(ids)}

    def block(self, vpc: str) -> str:
        return "10.0.0.0/16"

    def make_security_group(self, cluster: str, vpc: str, suffix: str) -> str:
        return "sg-1"

    def drop_security_group(self, group_id: str) -> None:
        return None

    def make_group(
        self,
        name: str,
        data: Mapping[str, Any],
        sizes: Mapping[str, int],
        subnets: Sequence[str],
        cluster: str,
    ) -> None:
        return None


def pytest_configure(config: Any) -> None:
    home = Path(tempfile.mkdtemp(prefix="moto-suites-"))
    runtime = Runtime(home=home, port=1, credentials=Keyring())
    patches.install(runtime)
    for service in patches.ON_FIRST_CALL:
        patches.before_first_call(runtime, service)
    EksBackend.surround = AnyAccount
    runtime.images = Images(runtime)
    runtime.engine = NoEngine()  # type: ignore[assignment]
    # What is registered is known, as it would be; but nothing listens, and nothing is probed.
    known = functools.partial(snapshot.read, runtime.account_id)
    runtime.load_balancers.sync = lambda: runtime.target_health.observe(known())  # type: ignore[method-assign]
    botocore.waiter.time = SimpleNamespace(sleep=lambda seconds: None)  # type: ignore[attr-defined]
    config.addinivalue_line("markers", "aws_verified: moto's mark")
    config.stash_of_course = SimpleNamespace(runtime=runtime)
