"""Brest: the subnet leads nowhere, so the image cannot be pulled."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from labs.chapters.troubleshooting import town
from labs.checks.model import Challenge
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab

say = Texts(
    {
        "title": {"fr": "Brest ouvre", "en": "Brest opens"},
        "hint_1": {
            "fr": "Personne n’a dit non : personne n’a répondu. Suivez le chemin de la tâche vers ECR, en partant de son sous-réseau.",
            "en": "Nobody said no: nobody answered. Follow the task’s way to ECR, starting from its subnet.",
        },
        "hint_2": {
            "fr": "La table de routage des sous-réseaux troubleshooting-private n’a que la route locale. Une adresse publique n’y changerait rien ; il faut une porte : passerelle NAT, points de terminaison, ou un autre sous-réseau.",
            "en": "The route table of the subnets troubleshooting-private has the local route only. A public address would change nothing there; it takes a door: a NAT gateway, endpoints, or another subnet.",
        },
        "hint_3": {
            "fr": "Le plus court : update_service avec, dans awsvpcConfiguration, les deux sous-réseaux nommés troubleshooting et assignPublicIp=ENABLED. Par des points de terminaison, il en faut quatre : ecr.api, ecr.dkr, logs (interfaces, avec DNS privé et un groupe qui laisse entrer 443) et s3 (passerelle).",
            "en": "The shortest: update_service with the two subnets named troubleshooting and assignPublicIp=ENABLED in awsvpcConfiguration. By endpoints it takes four: ecr.api, ecr.dkr, logs (interfaces, with private DNS and a group that lets 443 in) and s3 (gateway).",
        },
        "solution": {
            "fr": "Les tâches déménagent dans les sous-réseaux publics, avec une adresse publique ; leur groupe de sécurité ne laisse toujours entrer que l’équilibreur.",
            "en": "The tasks move to the public subnets, with a public address; their security group still lets in the load balancer only.",
        },
    }
)


def move_out(lab: Lab) -> None:
    """Move the tasks to subnets with a way out."""
    ec2, ecs, elbv2 = (lab.session.client(name) for name in ("ec2", "ecs", "elbv2"))
    [service] = ecs.describe_services(cluster="troubleshooting", services=["brest"])["services"]
    network = service["networkConfiguration"]["awsvpcConfiguration"]
    ours = [{"Name": "tag:Name", "Values": ["troubleshooting"]}]
    public = [subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=ours)["Subnets"]]
    ecs.update_service(
        cluster="troubleshooting",
        service="brest",
        networkConfiguration={
            "awsvpcConfiguration": network | {"subnets": public, "assignPublicIp": "ENABLED"}
        },
    )
    patience = {"Delay": 1, "MaxAttempts": 300}
    ecs.get_waiter("services_stable").wait(
        cluster="troubleshooting", services=["brest"], WaiterConfig=patience
    )
    [target] = elbv2.describe_target_groups(Names=["troubleshooting-brest"])["TargetGroups"]
    elbv2.get_waiter("target_in_service").wait(TargetGroupArn=target["TargetGroupArn"], WaiterConfig=patience)


CHALLENGE = Challenge(
    "troubleshooting-brest",
    town.attempted,
    town.problems,
    say,
    (move_out,),
    look=partial(town.look, name="brest"),
)
