"""Step 11: nothing is left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labs.checks.model import Step
from labs.checks.removal import (
    delete_alarms,
    delete_image_repositories,
    delete_load_balancer,
    delete_network,
    delete_scaling,
    delete_services,
    delete_stack,
    delete_the_rest,
)
from labs.learner import Texts

say = Texts(
    {
        "title": {"fr": "le ménage", "en": "the clean-up"},
        "left": {"fr": "il reste : {things}", "en": "still there: {things}"},
        "stack": {"fr": "la pile {names}", "en": "the stack {names}"},
        "scaling": {
            "fr": "des cibles de mise à l’échelle ({names})",
            "en": "scalable targets ({names})",
        },
        "alarms": {"fr": "des alarmes ({names})", "en": "alarms ({names})"},
        "services": {"fr": "des services ({names})", "en": "services ({names})"},
        "tasks": {"fr": "des tâches ({count})", "en": "tasks ({count})"},
        "cluster": {"fr": "le cluster {names}", "en": "the cluster {names}"},
        "task_definitions": {
            "fr": "des définitions de tâche actives ({names})",
            "en": "active task definitions ({names})",
        },
        "load_balancer": {"fr": "l’équilibreur de charge {names}", "en": "the load balancer {names}"},
        "target_groups": {"fr": "des groupes cibles ({names})", "en": "target groups ({names})"},
        "networks": {"fr": "un VPC", "en": "a VPC"},
        "table": {"fr": "la table {names}", "en": "the table {names}"},
        "repositories": {"fr": "des dépôts ({names})", "en": "repositories ({names})"},
        "roles": {"fr": "des rôles ({names})", "en": "roles ({names})"},
        "log_groups": {"fr": "des journaux ({names})", "en": "log groups ({names})"},
        "hint_1": {
            "fr": "On défait dans l’ordre inverse : rien ne se supprime tant que quelque chose s’en sert.",
            "en": "Undo in reverse: nothing can be deleted while something uses it.",
        },
        "hint_2": {
            "fr": "La pile, si vous en avez une, emporte tout ce qu’elle a créé. Pour le reste : services, puis équilibreur et groupes cibles, puis réseau. Le VPC part en dernier : une "
            "interface réseau oubliée le retient.",
            "en": "The stack, if you have one, takes along all that it made. For the rest: services, then load balancer and target groups, then the network. The VPC goes last: one "
            "forgotten network interface holds it back.",
        },
        "hint_3": {
            "fr": "delete_service(force=True) puis le waiter services_inactive ; delete_repository(force=True) ; "
            "un rôle ne part qu’une fois ses politiques détachées et supprimées.",
            "en": "delete_service(force=True) then the services_inactive waiter; delete_repository(force=True); "
            "a role goes only once its policies are detached and deleted.",
        },
        "solution": {
            "fr": "Tout défaire, en laissant passer ce qui n’existe déjà plus.",
            "en": "Undo everything, passing over what is gone already.",
        },
    }
)

PARTS = (
    "stack",
    "scaling",
    "alarms",
    "services",
    "tasks",
    "cluster",
    "task_definitions",
    "load_balancer",
    "target_groups",
    "networks",
    "table",
    "repositories",
    "roles",
    "log_groups",
)
OPTIONAL = {"stack", "scaling", "alarms"}  # a complete shop stands without them
LASTING = tuple(
    part for part in PARTS if part != "tasks" and part not in OPTIONAL
)  # a task may end by itself


def attempted(*parts: Any) -> bool:
    """False while a complete lab stands untouched: the clean-up has not begun."""
    found = dict(zip(PARTS, parts, strict=True))
    return not all(found[part] for part in LASTING)


def problems(*parts: Any) -> Iterator[str]:
    """One sentence that lists whatever is left."""
    left = [_describe(part, found) for part, found in zip(PARTS, parts, strict=True) if found]
    if left:
        yield say("left", things=", ".join(left))


def _describe(part: str, found: Any) -> str:
    several = found if isinstance(found, tuple) else (found,)
    names = (each if isinstance(each, str) else _name(each) for each in several)
    return say(part, names=", ".join(names), count=len(several))


def _name(found: Any) -> str:
    fields = (getattr(found, field, "") for field in ("name", "family", "service"))
    return next((str(field) for field in fields if field), "")


STEP = Step(
    "clean",
    attempted,
    problems,
    say,
    (
        delete_stack,
        delete_scaling,
        delete_alarms,
        delete_services,
        delete_load_balancer,
        delete_network,
        delete_image_repositories,
        delete_the_rest,
    ),
    reads=PARTS,
)
