"""AWS's own policies: read once, and yet new after a reset."""

from __future__ import annotations

from labs.cloud import client
from tests.cloud.running import RunningCloud
from tests.cloud.stack import EXECUTION_POLICY, TASKS_MAY_ASSUME

NOTHING = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}'


def test_a_reset_forgets_what_was_done_to_them(cloud: RunningCloud) -> None:
    def attachments() -> int:
        return int(cloud.client("iam").get_policy(PolicyArn=EXECUTION_POLICY)["Policy"]["AttachmentCount"])

    iam = cloud.client("iam")
    iam.create_role(RoleName="baker", AssumeRolePolicyDocument=TASKS_MAY_ASSUME)
    iam.attach_role_policy(RoleName="baker", PolicyArn=EXECUTION_POLICY)
    assert attachments() == 1
    iam.create_policy_version(PolicyArn=EXECUTION_POLICY, PolicyDocument=NOTHING, SetAsDefault=True)
    client.reset()
    assert attachments() == 0
    versions = iam.list_policy_versions(PolicyArn=EXECUTION_POLICY)["Versions"]
    assert [version["IsDefaultVersion"] for version in versions] == [True]
