"""The CloudFormation excerpts of the FrenchBakery lab, put together as its reader would, deploy as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cloud.conftest import RunningCloud
from tests.cloud.registry_client import RegistryClient
from tests.cloud.stack import WEB, program_image
from tests.cloud.templates.kept import everything
from tests.cloud.templates.stacks import until

LAB = Path(__file__).parents[2] / "notebooks" / "src" / "06_frenchbakery_lab.py"


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


def blocks(text: str) -> dict[str, str]:
    """Each resource's lines, by logical id."""
    parts = re.split(r"^(\w+):\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def whole(language: str) -> str:
    """One template: the excerpts, and where one of several that look alike is written out, the others."""
    resources: dict[str, str] = {}
    for text in excerpts(language):
        resources |= blocks(text)
    services = ("Frontend", "Products", "Orders", "Reviews")
    for kind in ("Repository", "Targets", "Rule", "Task", "Service"):
        model = next(name for name in services if f"{name}{kind}" in resources)
        for number, name in enumerate(services):
            if (kind == "Rule" and name == "Frontend") or f"{name}{kind}" in resources:
                continue
            text = resources[f"{model}{kind}"].replace(model, name).replace(model.lower(), name.lower())
            if name == "Frontend":  # the default action sends to it, not a rule
                text = text.replace("DependsOn: FrontendRule", "DependsOn: Listener")
            resources[f"{name}{kind}"] = text.replace("Priority: 20", f"Priority: {number}0")
    indented = "".join(
        f"  {name}:\n" + "".join(f"  {line}\n" for line in text.rstrip().splitlines())
        for name, text in resources.items()
    )
    return f"Resources:\n{indented}"


@pytest.fixture(scope="module")
def no_traces(cloud: RunningCloud) -> Iterator[None]:
    before = everything(cloud)
    yield
    assert everything(cloud) == before


def test_both_languages_show_the_same_excerpts() -> None:
    assert [re.sub(r"#.*", "", text) for text in excerpts("fr")] == [
        re.sub(r"#.*", "", text) for text in excerpts("en")
    ]


def test_the_lab_s_template_deploys(cloud: RunningCloud, no_traces: None) -> None:
    template = whole("fr")
    client = cloud.client("cloudformation")
    # As in the lab, the repositories come first and get their images before the services start.
    repositories = {name: text for name, text in blocks_of(template).items() if name.endswith("Repository")}
    first = "Resources:\n" + "".join(f"  {name}:\n{text}" for name, text in repositories.items())
    name = "frenchbakery"
    client.create_stack(StackName=name, TemplateBody=first)
    until(cloud, name, "CREATE_COMPLETE")
    image = program_image({"app/main.py": WEB}, Cmd=["python", "main.py"], WorkingDir="/app")
    for service in ("frontend", "products", "orders", "reviews"):
        with RegistryClient(cloud, f"frenchbakery/{service}") as registry:
            assert registry.push(image, "1.0").status_code == 201
    client.update_stack(StackName=name, TemplateBody=template, Capabilities=["CAPABILITY_IAM"])
    until(cloud, name, "UPDATE_COMPLETE")
    ecs = cloud.client("ecs")
    services = ecs.describe_services(
        cluster="frenchbakery", services=ecs.list_services(cluster="frenchbakery")["serviceArns"]
    )["services"]
    assert {(service["serviceName"], service["runningCount"]) for service in services} == {
        (service, 2) for service in ("frontend", "products", "orders", "reviews")
    }
    for service in ("frontend", "products", "orders", "reviews"):
        images = cloud.client("ecr").list_images(repositoryName=f"frenchbakery/{service}")["imageIds"]
        cloud.client("ecr").batch_delete_image(repositoryName=f"frenchbakery/{service}", imageIds=images)
    stack = client.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
    client.delete_stack(StackName=name)
    until(cloud, stack, "DELETE_COMPLETE")


def blocks_of(template: str) -> dict[str, str]:
    """Each resource's indented lines, by logical id."""
    parts = re.split(r"^  (\w+):\n", template.partition("\n")[2], flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))
