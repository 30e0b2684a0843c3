"""Running private clouds for the tests.

`cloud` has the process engine and is empty when a module begins: one process serves all modules of a worker and is
reset between them, for a start costs more than most modules. What stops, kills or breaks a cloud starts one of its own
with `run_cloud`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from labs.cloud import client
from tests.cloud.fleet import Fleet
from tests.cloud.registry_client import RegistryClient
from tests.cloud.running import RunningCloud, emptied, lasting
from tests.cloud.stack import Stack

REPOSITORIES = (f"shop/test-{number}" for number in count())


@pytest.fixture(scope="session", autouse=True)
def _no_machine_images_in_this_process() -> Iterator[None]:
    """moto makes a thousand AMIs with every EC2 backend; benches, which make many, need none. A running cloud has them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        yield


@pytest.fixture(scope="session")
def lasting_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    """The cloud behind `cloud`, for as long as the worker lives."""
    with lasting(tmp_path_factory.mktemp("cloud")) as running:
        yield running


@pytest.fixture(scope="module")
def cloud(lasting_cloud: RunningCloud) -> Iterator[RunningCloud]:
    """A running cloud with the process engine, empty at first, shared by the tests of one module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_CLOUD_HOME", str(lasting_cloud.home))
        yield lasting_cloud
        emptied(lasting_cloud)


@pytest.fixture(scope="module")
def hurried(cloud: RunningCloud) -> RunningCloud:
    """The cloud, in which a minute of CloudWatch lasts a second for the whole module."""
    client.set_pace(1)
    return cloud


@pytest.fixture(scope="module")
def stack(cloud: RunningCloud) -> Stack:
    """What tasks and services need around them, in the cloud of the module."""
    return Stack(cloud)


@pytest.fixture
def fleet(cloud: RunningCloud) -> Iterator[Fleet]:
    """A cluster of its own; its machines are ended afterwards."""
    made = Fleet(cloud)
    yield made
    made.close()


@pytest.fixture(scope="module")
def ecr(cloud: RunningCloud) -> Any:
    """A client of the cloud's ECR."""
    return cloud.client("ecr")


@pytest.fixture
def repository(ecr: Any) -> str:
    """The name of a repository of this test's own."""
    name = next(REPOSITORIES)
    ecr.create_repository(repositoryName=name)
    return name


@pytest.fixture
def registry(cloud: RunningCloud, repository: str) -> Iterator[RegistryClient]:
    """A client of the registry, in that repository."""
    with RegistryClient(cloud, repository) as client:
        yield client
