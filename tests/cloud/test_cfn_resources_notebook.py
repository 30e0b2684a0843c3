"""The FrenchBakery lab as one CloudFormation template: the notebook's excerpts are part of it, and it deploys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from labs.templates import SHOP
from tests.cloud.registry_client import RegistryClient
from tests.cloud.running import RunningCloud
from tests.cloud.stack import WEB, program_image
from tests.cloud.templates.kept import everything
from tests.cloud.templates.stacks import until

LAB = Path(__file__).parents[2] / "notebooks" / "src" / "06_frenchbakery_lab.py"
SERVICES = ("frontend", "products", "orders", "reviews")


def excerpts(language: str) -> list[str]:
    """The resources of every excerpt, in the lab's order."""
    cells = re.split(r"^# %% ", LAB.read_text(), flags=re.MULTILINE)
    texts = [
        "\n".join(line.removeprefix("# ") if line != "#" else "" for line in cell.splitlines())
        for cell in cells
        if f'tags=["{language}"]' in cell.partition("\n")[0]
    ]
    found = [block for text in texts for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]
    return [block for block in found if "Type: AWS::" in block]


class Template(yaml.SafeLoader):
    """CloudFormation's YAML; a short function is kept as its name and argument."""


def _short(loader: Template, name: str, node: yaml.Node) -> tuple[str, Any]:
    if isinstance(node, yaml.SequenceNode):
        return name, loader.construct_sequence(node, deep=True)
    return name, loader.construct_scalar(node)  # type: ignore[arg-type]


Template.add_multi_constructor("!", _short)


def read(text: str) -> dict[str, Any]:
    """A template, or part of one."""
    found: dict[str, Any] = yaml.load(text, Template)
    return found


def holds(whole: Any, part: Any) -> bool:
    """Whether `whole` says all that `part` says: an excerpt may leave out what its step does not need."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            key in whole and holds(whole[key], value) for key, value in part.items()
        )
    return bool(whole == part)


@pytest.fixture(scope="module")
def no_traces(cloud: RunningCloud) -> Iterator[None]:
    before = everything(cloud)
    yield
    assert everything(cloud) == before


def test_both_languages_show_the_same_excerpts() -> None:
    assert [re.sub(r"#.*", "", text) for text in excerpts("fr")] == [
        re.sub(r"#.*", "", text) for text in excerpts("en")
    ]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_excerpt_is_of_the_whole_template(language: str) -> None:
    whole = read(SHOP.read_text())["Resources"]
    shown = {name: resource for text in excerpts(language) for name, resource in read(text).items()}
    assert len(shown) > 20
    assert [name for name, resource in shown.items() if not holds(whole.get(name), resource)] == []


def test_an_excerpt_that_says_something_else_is_found() -> None:
    whole = {"Type": "AWS::ECS::Service", "Properties": {"DesiredCount": ("Ref", "Tasks"), "Cluster": "shop"}}
    assert holds(whole, {"Type": "AWS::ECS::Service", "Properties": {"Cluster": "shop"}})
    assert not holds(whole, {"Type": "AWS::ECS::Service", "Properties": {"DesiredCount": 2}})
    assert not holds(whole, {"Properties": {"LaunchType": "FARGATE"}})
    assert not holds(None, {"Properties": {}})


def test_the_lab_s_template_deploys(cloud: RunningCloud, no_traces: None) -> None:
    client = cloud.client("cloudformation")
    # The repositories are born with the stack: it gets tasks once their images are there.
    tasks = [{"ParameterKey": "Tasks", "ParameterValue": "0"}]
    stack = client.create_stack(
        StackName="frenchbakery",
        TemplateBody=SHOP.read_text(),
        Parameters=tasks,
        Capabilities=["CAPABILITY_IAM"],
    )["StackId"]
    until(cloud, stack, "CREATE_COMPLETE")
    image = program_image({"app/main.py": WEB}, Cmd=["python", "main.py"], WorkingDir="/app")
    for service in SERVICES:
        with RegistryClient(cloud, f"frenchbakery/{service}") as registry:
            assert registry.push(image, "1.0").status_code == 201
    client.update_stack(StackName="frenchbakery", UsePreviousTemplate=True, Capabilities=["CAPABILITY_IAM"])
    until(cloud, stack, "UPDATE_COMPLETE")
    ecs = cloud.client("ecs")
    services = ecs.describe_services(
        cluster="frenchbakery", services=ecs.list_services(cluster="frenchbakery")["serviceArns"]
    )["services"]
    assert {(service["serviceName"], service["runningCount"]) for service in services} == {
        (service, 2) for service in SERVICES
    }
    orders = ecs.describe_task_definition(taskDefinition="frenchbakery-orders")["taskDefinition"]
    environment = {each["name"]: each["value"] for each in orders["containerDefinitions"][0]["environment"]}
    assert environment["ORDERS_TABLE"] == "frenchbakery-orders"
    assert "OrdersTaskRole" in orders["taskRoleArn"]
    client.delete_stack(StackName=stack)  # the repositories go with their images
    until(cloud, stack, "DELETE_COMPLETE")
