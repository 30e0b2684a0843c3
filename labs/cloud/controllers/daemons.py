"""Decisions of the DAEMON scheduler: one task on each container instance that takes it. Pure: facts in, plan out.

[DG Amazon ECS services, daemon strategy]
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from labs.cloud.controllers.scheduler import Health, Plan, ServiceFacts, Start, Stop, TaskFacts, Why


def daemon_plan(service: ServiceFacts, eligible: Iterable[str], kept: Collection[str] = ()) -> Plan:
    """What to start and stop so that each of the `eligible` instances (ids) has one task of the primary.

    Tasks on other instances stop, but for those on `kept` ones: instances that drain and still have other tasks,
    whose daemons end last. An older revision's task stops first and is replaced then, within the floor; with room
    under the ceiling, its replacement starts beside it.
    """
    primary, *older = service.deployments
    wanted = list(dict.fromkeys(eligible))
    healthy = sum(task.health is Health.HEALTHY for task in service.tasks)
    spare = max(0, service.ceiling - len(service.tasks))
    starts: list[Start] = []
    stops: dict[str, Stop] = {}

    def stop(task: TaskFacts, why: Why, bound: bool = True) -> None:
        nonlocal healthy
        if task.health is Health.HEALTHY:
            if bound and healthy - 1 < service.floor:
                return
            healthy -= 1
        stops[task.id] = Stop(task.id, why)

    for task in service.tasks:
        if task.instance not in wanted and task.instance not in kept:
            stop(task, Why.SCALING, bound=False)
    for instance in wanted:
        own = [task for task in service.tasks if task.instance == instance]
        new = [t for t in own if t.deployment == primary.id and t.health is not Health.UNHEALTHY]
        for task in new[1:]:
            stop(task, Why.SCALING)
        old = [task for task in own if task not in new]
        may_start = not (primary.held or primary.failed)
        if not own or (old and not new and spare > 0):
            if may_start:
                spare -= bool(own)
                starts.append(
                    Start(primary.id, own[0].zone if own else "", instance=instance, replaces=bool(own))
                )
        elif old and (may_start or new):
            ready = not new or new[0].health is Health.HEALTHY
            for task in old if ready else ():
                stop(task, Why.UNHEALTHY if task.health is Health.UNHEALTHY else Why.DEPLOYMENT)
    left = {d.id: sum(t.deployment == d.id and t.id not in stops for t in service.tasks) for d in older}
    return Plan(tuple(starts), tuple(stops.values()), left)
