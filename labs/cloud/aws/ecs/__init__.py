"""ECS as AWS answers, over moto's: what is asked for is validated, kept whole, and then really happens.

moto starts no task for a service, gives tasks states that advance by being described, validates no Fargate
size and drops most service properties. Clusters, task definitions, tags and account settings stay moto's;
tasks and services are ours (`model.py`, `service_model.py`) and the controllers move them.

`responses` takes a call to the backend, whose parts build on each other: `clusters`, `definitions`,
`capacity` (providers), `instances`, `attributes`, `placing`, `launch_requests` (what may be asked),
`launching`, `tasks`, `deployments`, `services`. The modules of validation, `demand`, `container_instance` and
`health` know no backend.
"""

from __future__ import annotations

from moto.ecs import models, urls
from moto.ecs.models import ecs_backends

from labs.cloud.aws.ecs.responses import EcsResponse
from labs.cloud.aws.ecs.services import EcsBackend
from labs.cloud.runtime import Runtime


def install(runtime: Runtime) -> None:
    """Make moto's ECS this one."""
    EcsBackend.runtime = runtime
    EcsBackend.__module__ = models.__name__  # moto finds a service's URLs through its backend's module
    ecs_backends.backend = EcsBackend
    urls.url_paths = dict.fromkeys(urls.url_paths, EcsResponse.dispatch)
