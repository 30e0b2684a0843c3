"""The kinds of resources that a run may own: how each is named, described and found by tag.

An id is what AWS's requests use and a learner recognises: a name (`ecr:repository` frenchbakery/orders), a
name within its parent (`ecs:service` frenchbakery/orders), an EC2 id, an ELB ARN.
"""

from __future__ import annotations

from collections.abc import Mapping

from labs.real.resources.data import DATA
from labs.real.resources.ec2 import EC2
from labs.real.resources.ecr import ECR
from labs.real.resources.ecs import ECS
from labs.real.resources.eks import EKS
from labs.real.resources.elbv2 import ELBV2
from labs.real.resources.iam import IAM
from labs.real.resources.model import Kind
from labs.real.resources.signals import SIGNALS

KINDS: Mapping[str, Kind] = {**ECR, **ECS, **ELBV2, **EC2, **SIGNALS, **DATA, **IAM, **EKS}


def short(kind: str, value: str) -> str:
    """The id in a name or ARN, as requests and responses give it."""
    prefix = KINDS[kind].prefix
    if not value.startswith("arn:") or not prefix:
        return value
    name = value.split(":", 5)[5].removeprefix(prefix).removesuffix(":*")
    if kind == "autoscaling:group":  # preceded by a generated id
        return name.rpartition("/")[2]
    if kind in ("iam:role", "iam:instance-profile"):  # a path is no part of the name
        return name.rpartition("/")[2]
    if kind in ("eks:nodegroup", "eks:fargate-profile"):  # followed by a generated id
        return name.rpartition("/")[0]
    return name
