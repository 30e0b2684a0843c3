"""Application Auto Scaling of ECS services, over moto's, which keeps policies and scales nothing.

Policies are validated, target tracking makes AWS's two alarms and takes them away again, activities are kept.
`controllers/scaling` acts. The other services' namespaces are refused: nothing behind them would scale.
"""

from __future__ import annotations

from moto.applicationautoscaling import models, urls

from labs.cloud.aws.application_autoscaling.backend import ScalingBackend
from labs.cloud.aws.application_autoscaling.responses import Response
from labs.cloud.runtime import Runtime


def install(runtime: Runtime) -> None:
    """Make moto's Application Auto Scaling this one."""
    ScalingBackend.runtime = runtime
    ScalingBackend.__module__ = models.__name__  # moto finds a service's URLs through its backend's module
    models.applicationautoscaling_backends.backend = ScalingBackend
    urls.url_paths = dict.fromkeys(urls.url_paths, Response.dispatch)
