"""EventBridge and its Scheduler over moto's, which deliver to few targets and never at any time.

Rules' patterns and schedules reach ECS tasks, SQS queues, SNS topics, log groups and other buses; other targets
are refused when they are put. `controllers/schedules.py` says when, `controllers/ecs_events.py` what ECS tells.
"""

from __future__ import annotations

from moto.events import models
from moto.scheduler import models as scheduler_models

from labs.cloud.aws.events.rules import EventsBackend, Rule
from labs.cloud.aws.events.scheduler import SchedulerBackend
from labs.cloud.runtime import Runtime


def install(runtime: Runtime) -> None:
    """Make moto's EventBridge and EventBridge Scheduler these."""
    Rule.runtime = runtime
    models.Rule = Rule  # the name under which moto's backend makes them
    EventsBackend.__module__ = models.__name__  # moto finds a service's URLs through its backend's module
    models.events_backends.backend = EventsBackend
    SchedulerBackend.__module__ = scheduler_models.__name__
    scheduler_models.scheduler_backends.backend = SchedulerBackend
