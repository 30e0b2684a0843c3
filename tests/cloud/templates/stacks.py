"""Stack operations in tests: wait for their end, and say why they failed."""

from __future__ import annotations

from typing import Any

from tests.cloud.registry_client import RegistryClient
from tests.cloud.running import RunningCloud, wait_for
from tests.cloud.stack import WEB, program_image

PATIENCE = 90.0  # seconds for a stack on a busy machine


def push_web(cloud: RunningCloud) -> None:
    """The image that all templates name: frenchbakery/web:1.0."""
    cloud.client("ecr").create_repository(repositoryName="frenchbakery/web")
    with RegistryClient(cloud, "frenchbakery/web") as registry:
        image = program_image({"app/main.py": WEB}, Cmd=["python", "main.py"], WorkingDir="/app")
        assert registry.push(image, "1.0").status_code == 201


def until(cloud: RunningCloud, stack: str, status: str) -> dict[str, Any]:
    """The stack once its operation is over; it must have ended with `status`."""
    client = cloud.client("cloudformation")

    def over() -> Any:
        found = client.describe_stacks(StackName=stack)["Stacks"][0]
        return not found["StackStatus"].endswith("_IN_PROGRESS") and found

    found = wait_for(over, PATIENCE, f"the end of the operation on {stack}")
    assert found["StackStatus"] == status, reasons(cloud, stack)
    return found


def reasons(cloud: RunningCloud, stack: str) -> list[str]:
    """Why resources failed, first failure first."""
    events = cloud.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    return [
        f"{event['LogicalResourceId']} {event['ResourceStatus']}: {event['ResourceStatusReason']}"
        for event in reversed(events)
        if "FAILED" in event["ResourceStatus"] and event["LogicalResourceId"] != event["StackName"]
    ]
