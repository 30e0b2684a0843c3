"""Lyon: the program listens on one port, its target group knocks at another."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from labs.chapters.troubleshooting import town
from labs.chapters.troubleshooting.town import TRAFFIC, Town
from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab

say = Texts(
    {
        "title": {"fr": "Lyon ouvre", "en": "Lyon opens"},
        "elsewhere": {
            "fr": "le contrôle de santé frappe au port {check}, les clients au port {target}",
            "en": "the health check knocks at port {check}, customers at port {target}",
        },
        "hint_1": {
            "fr": "Le programme va bien et personne n’entend sa réponse. Qui frappe où, et qui écoute où ?",
            "en": "The program is fine and nobody gets its answer. Who knocks where, and who listens where?",
        },
        "hint_2": {
            "fr": "Trois endroits parlent d’un port : la variable PORT du conteneur, son portMappings, et le containerPort dans loadBalancers du service. Les trois doivent dire le même nombre.",
            "en": "Three places speak of a port: the container’s variable PORT, its portMappings, and the containerPort in the service’s loadBalancers. All three must say the same number.",
        },
        "hint_3": {
            "fr": 'Le plus court : revise("lyon", environment=[{{"name": "PORT", "value": "8000"}}]). Ou bien portMappings sur 8080, et loadBalancers du service avec containerPort=8080.',
            "en": 'The shortest: revise("lyon", environment=[{{"name": "PORT", "value": "8000"}}]). Or else portMappings on 8080, and the service’s loadBalancers with containerPort=8080.',
        },
        "solution": {
            "fr": "Le programme lit son port dans PORT : une révision suffit, et rien ne change pour l’équilibreur.",
            "en": "The program reads its port from PORT: one revision is enough, and nothing changes for the load balancer.",
        },
    }
)


def problems(found: Town) -> Iterator[str]:
    """Lyon is served where the health check looks."""
    yield from town.problems(found)
    if found.check and found.check.port not in (TRAFFIC, str(found.target_port)):
        yield say("elsewhere", check=found.check.port, target=found.target_port)


def agree_on_the_port(lab: Lab) -> None:
    """Register a revision that listens where the target group knocks, and give it to the service."""
    ecs, elbv2 = (lab.session.client(name) for name in ("ecs", "elbv2"))
    definition = ecs.describe_task_definition(taskDefinition="troubleshooting-lyon")["taskDefinition"]
    [container] = definition["containerDefinitions"]
    kept = ("family", "requiresCompatibilities", "networkMode", "cpu", "memory", "executionRoleArn")
    new = ecs.register_task_definition(
        **{key: definition[key] for key in kept},
        containerDefinitions=[container | {"environment": [{"name": "PORT", "value": "8000"}]}],
    )["taskDefinition"]
    ecs.update_service(cluster="troubleshooting", service="lyon", taskDefinition=new["taskDefinitionArn"])
    patience = {"Delay": 1, "MaxAttempts": 300}
    ecs.get_waiter("services_stable").wait(
        cluster="troubleshooting", services=["lyon"], WaiterConfig=patience
    )
    [target] = elbv2.describe_target_groups(Names=["troubleshooting-lyon"])["TargetGroups"]
    elbv2.get_waiter("target_in_service").wait(TargetGroupArn=target["TargetGroupArn"], WaiterConfig=patience)


CHALLENGE = Challenge(
    "troubleshooting-lyon",
    town.attempted,
    problems,
    say,
    (agree_on_the_port,),
    look=partial(town.look, name="lyon"),
)
