"""AWS's own policies: read once, and yet new after a reset."""

from __future__ import annotations

import json

from labs.cloud import client
from tests.cloud.running import RunningCloud

POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
TASKS = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}


def test_a_reset_forgets_who_had_attached_them(cloud: RunningCloud) -> None:
    def attachments() -> int:
        return int(cloud.client("iam").get_policy(PolicyArn=POLICY)["Policy"]["AttachmentCount"])

    trust = json.dumps({"Version": "2012-10-17", "Statement": [TASKS]})
    iam = cloud.client("iam")
    iam.create_role(RoleName="baker", AssumeRolePolicyDocument=trust)
    iam.attach_role_policy(RoleName="baker", PolicyArn=POLICY)
    assert attachments() == 1
    client.reset()
    assert attachments() == 0
