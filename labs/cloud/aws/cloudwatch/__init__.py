"""CloudWatch as AWS answers, over moto's: points by period and percentile, alarms that have a history.

moto scans all points for every question, takes any point with at least the asked dimensions, starts alarms as
OK and never evaluates them. Points come from `controllers/metrics`, states from `controllers/alarms`.
Dashboards, tags and insight rules stay moto's.
"""

from __future__ import annotations

from moto.cloudwatch import models, urls

from labs.cloud.aws.cloudwatch.alarms import AlarmBackend
from labs.cloud.aws.cloudwatch.responses import Response
from labs.cloud.runtime import Runtime


def install(runtime: Runtime) -> None:
    """Make moto's CloudWatch this one."""
    AlarmBackend.runtime = runtime
    AlarmBackend.__module__ = models.__name__  # moto finds a service's URLs through its backend's module
    models.cloudwatch_backends.backend = AlarmBackend
    urls.url_paths = dict.fromkeys(urls.url_paths, Response.dispatch)
