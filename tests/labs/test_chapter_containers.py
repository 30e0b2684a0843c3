"""Notebook 01's ground and challenges: untouched, wrong in several ways, solved; prepared and cleaned twice."""

from __future__ import annotations

import dataclasses
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from labs import chapters, images
from labs.chapters.containers import digest, dockerfile, image, memory, stop
from labs.chapters.containers.digest import Pinned
from labs.chapters.containers.dockerfile import Workshop
from labs.chapters.containers.ground import FAMILIES, HASTY, NAME, REPOSITORIES
from labs.chapters.containers.image import Held
from labs.chapters.containers.runs import Run
from labs.checks.model import Challenge
from labs.cloud import client
from labs.images.published import Published
from labs.lab import Lab
from labs.learner import LANGUAGES

pytest_plugins = ["lasting_lab"]

CHAPTER = chapters.chapter("containers")
SOURCE = (Path(__file__).parents[2] / "notebooks/src/01_containers.py").read_text(encoding="utf-8")


def problems(challenge: Challenge, found: Any) -> str:
    return "; ".join(challenge.problems(found))


# Pure


@pytest.mark.parametrize("challenge", CHAPTER.challenges, ids=lambda challenge: challenge.name)
def test_a_challenge_has_all_its_words_and_is_set_in_the_notebook(challenge: Challenge) -> None:
    for key in ("title", "hint_1", "hint_2", "hint_3", "solution"):
        assert all(challenge.say.catalogue[key][lang] for lang in LANGUAGES)
    assert SOURCE.count(f'lab.check("{challenge.name}")') == 1
    compile(challenge.code(), challenge.name, "exec")


def test_the_dockerfile_is_judged_as_a_reviewer_does() -> None:
    assert not dockerfile.attempted(Workshop(None, ""))
    assert not dockerfile.attempted(Workshop(HASTY, ""))
    assert dockerfile.attempted(Workshop("", ""))
    found = problems(dockerfile.CHALLENGE, Workshop(HASTY + "\n# mended", ""))
    for remark in (
        "named by a tag",
        "looks like a secret",
        "build tools",
        "cache",
        "root",
        "shell",
        "whole folder",
    ):
        assert remark in found
    assert "line 1" in problems(dockerfile.CHALLENGE, Workshop("HELLO", ""))


BASE = f"python:3.12-slim@sha256:{'0' * 64}"
LIST, PIP = "COPY requirements.txt .", "RUN pip install --no-cache-dir -r requirements.txt"
PROGRAM, USER, CMD = "COPY app.py .", "USER 1", 'CMD ["python", "app.py"]'


@pytest.mark.parametrize(
    ("lines", "ignore", "says"),
    [
        ((USER, 'CMD ["sleep", "1"]'), "", "no instruction installs requirements.txt"),
        ((LIST, PIP, PROGRAM, USER, 'CMD ["sleep", "1"]'), "", "does not start app.py"),
        ((LIST, PIP, USER, CMD), "", "app.py does not get into the image"),
        ((PIP, PROGRAM, USER, CMD), "", "requirements.txt is not there"),
        (("COPY . .", PIP, USER, CMD), "*\n", "requirements.txt is not there"),
        ((LIST, PIP, f"FROM {BASE}", PROGRAM, USER, CMD), "", "a stage that the image takes nothing from"),
        ((LIST, PIP, CMD, f"FROM {BASE}", "COPY --from=0 /x /x", PROGRAM, USER), "", "does not start app.py"),
        ((LIST, PIP, PROGRAM, USER, "CMD ['python', 'app.py']"), "", "shell"),
        ((LIST, PIP, PROGRAM, USER, 'CMD ["sh", "-c", "python app.py"]'), "", "shell"),
    ],
)
def test_a_dockerfile_without_faults_must_still_do_its_work(
    lines: tuple[str, ...], ignore: str, says: str
) -> None:
    assert says in problems(dockerfile.CHALLENGE, Workshop("\n".join((f"FROM {BASE}", *lines)), ignore))


@pytest.mark.parametrize(
    ("lines", "ignore"),
    [
        ((LIST, PIP, PROGRAM, USER, 'ENTRYPOINT ["python"]', 'CMD ["app.py"]'), ""),
        ((LIST, PIP, PROGRAM, USER, "CMD exec python app.py"), ""),
        ((LIST, PIP, "COPY /app.py .", USER, CMD), ""),
        (("COPY . .", PIP, USER, CMD), "*\n!app.py\n!requirements.txt\n"),
        (("ENV PIP_NO_CACHE_DIR=1", "COPY *.* ./", "RUN pip install -r requirements.txt", USER, CMD), ""),
        (
            ("COPY requirements.txt app.py /app/", PIP, f"FROM {BASE}", "COPY --from=0 /app /app", USER, CMD),
            "",
        ),
        (
            (
                "RUN --mount=type=cache,target=/root/.cache --mount=type=bind,target=/src pip install -r requirements.txt",
                PROGRAM,
                USER,
                CMD,
            ),
            "",
        ),
    ],
)
def test_other_ways_to_mend_the_dockerfile_pass(lines: tuple[str, ...], ignore: str) -> None:
    assert not problems(dockerfile.CHALLENGE, Workshop("\n".join((f"FROM {BASE}", *lines)), ignore))


def held(**changed: Any) -> Held:
    right = Published("sha256:1", "10001:10001", ("python", "-m", "frenchbakery.orders"))
    return Held(1, dataclasses.replace(right, **changed))


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (held(), ""),
        (Held(0, None), "empty"),
        (Held(2, None), "tag 2.0"),
        (held(user=""), "root"),
        (held(user="0:0"), "root"),
        (held(command=("python", "-m", "frenchbakery.products")), "orders service"),
    ],
)
def test_the_image(found: Held, says: str) -> None:
    assert says in problems(image.CHALLENGE, found)
    assert bool(problems(image.CHALLENGE, found)) == bool(says)


URI = "127.0.0.1:4566/containers/products"


@pytest.mark.parametrize(
    ("pinned", "says"),
    [
        (f"{URI}@sha256:1", []),
        (f"{URI}:1.0@sha256:1", []),
        (f"{URI}:1.0", ["by a tag"]),
        (URI, ["by a tag"]),
        (f"{URI}@sha256:2", ["no image of that digest"]),
        ("python@sha256:1", ["does not come from"]),
    ],
)
def test_the_pinned_image(pinned: str, says: list[str]) -> None:
    found = list(digest.problems(Pinned(pinned, URI, frozenset({"sha256:1"}))))
    assert len(found) == len(says)
    assert all(part in text for part, text in zip(says, found, strict=True))


KNEADED = Run("STOPPED", "EssentialContainerExited", 0, 192, ("python", "-c", memory.KNEAD))
STOPPED = Run("STOPPED", "UserInitiated", 0, None, ())


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({}, ""),
        ({"memory": None}, "no memory limit"),
        ({"memory": 512}, "waste"),
        ({"exit_code": 137, "memory": 64}, "killed"),
        ({"exit_code": 1}, "code 0"),
        ({"exit_code": None}, "before its program had started"),
        ({"status": "RUNNING", "exit_code": None}, "has not ended"),
        ({"command": ("python", "-c", "pass")}, "program"),
    ],
)
def test_the_memory_limit(changed: dict[str, Any], says: str) -> None:
    found = problems(memory.CHALLENGE, dataclasses.replace(KNEADED, **changed))
    assert says in found
    assert bool(found) == bool(says)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({}, ""),
        ({"status": "RUNNING", "exit_code": None}, "has not stopped"),
        ({"stop_code": "EssentialContainerExited"}, "without anybody"),
        ({"stop_code": "TaskFailedToStart", "exit_code": None}, "before its program had started"),
        ({"exit_code": 137}, "killed"),
        ({"exit_code": 143}, "struck"),
        ({"exit_code": 1}, "code 0"),
    ],
)
def test_the_gentle_stop(changed: dict[str, Any], says: str) -> None:
    found = problems(stop.CHALLENGE, dataclasses.replace(STOPPED, **changed))
    assert says in found
    assert bool(found) == bool(says)


def test_the_notebook_kneads_what_the_check_expects() -> None:
    assert re.search(r'^knead = "(.*)"$', SOURCE, re.M)[1] == memory.KNEAD  # type: ignore[index]


# In the local cloud


@pytest.fixture(scope="module")
def lab(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The lab, opened in a folder of the learner's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("notebooks"))
        yield lab


@pytest.fixture
def ready(lab: Lab) -> Lab:
    """The notebook's ground in an empty cloud, laid twice."""
    client.reset()
    lab.clean_up("containers")
    lab.prepare("containers")
    lab.prepare("containers")
    return lab


def state(lab: Lab, challenge: Challenge) -> str:
    return challenge.check(lab.session).state


def test_every_challenge_untouched_then_solved_twice_then_gone(ready: Lab) -> None:
    for challenge in CHAPTER.challenges:
        assert state(ready, challenge) == "not_attempted", challenge.name
    for challenge in CHAPTER.challenges:
        for part in challenge.solution:
            part(ready)
        assert state(ready, challenge) == "passed", challenge.check(ready.session).reasons
    dockerfile.write_dockerfile(ready)
    image.push_orders(ready)
    digest.register_pinned(ready)
    assert [state(ready, challenge) for challenge in CHAPTER.challenges] == ["passed"] * 5

    ready.clean_up("containers")
    ready.clean_up("containers")
    ecs, ecr, ec2, iam = (ready.session.client(name) for name in ("ecs", "ecr", "ec2", "iam"))
    assert ecs.describe_clusters(clusters=[NAME])["clusters"][0]["status"] == "INACTIVE"
    assert not [
        arn
        for family in FAMILIES
        for arn in ecs.list_task_definitions(familyPrefix=family)["taskDefinitionArns"]
    ]
    held = [each["repositoryName"] for each in ecr.describe_repositories()["repositories"]]
    assert not set(held) & set(REPOSITORIES)
    ours = [{"Name": "tag:Name", "Values": [NAME]}]
    for operation, key in (
        ("describe_vpcs", "Vpcs"),
        ("describe_subnets", "Subnets"),
        ("describe_route_tables", "RouteTables"),
        ("describe_internet_gateways", "InternetGateways"),
    ):
        assert getattr(ec2, operation)(Filters=ours)[key] == []
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_role(RoleName="containers-execution")
    assert not Path("workshop").exists()
    # ECS still shows the stopped tasks; they are of an earlier time.
    ready.prepare("containers")
    assert {state(ready, challenge) for challenge in CHAPTER.challenges} == {"not_attempted"}


def test_a_learners_files_are_left_alone(ready: Lab) -> None:
    Path("workshop/Dockerfile").write_text("FROM mine\n")
    Path("workshop/notes.txt").write_text("mine")
    ready.prepare("containers")
    assert Path("workshop/Dockerfile").read_text() == "FROM mine\n"
    ready.clean_up("containers")
    assert [path.name for path in Path("workshop").iterdir()] == ["notes.txt"]
    Path("workshop/notes.txt").unlink()


def test_wrong_answers_in_the_cloud(ready: Lab, tmp_path: Path) -> None:
    ecr = ready.session.client("ecr")
    orders = ecr.create_repository(repositoryName="containers/orders")["repository"]["repositoryUri"]
    assert "empty" in ready.check("containers-image").text
    ready.push(ready.build("orders"), orders)
    assert "tag 2.0" in ready.check("containers-image").text
    context = tmp_path / "shop"
    shutil.copytree(images.SOURCE, context)
    declaration = context / "images.toml"
    declaration.write_text(declaration.read_text().replace('user = "10001:10001"', 'user = "root"'))
    ready.push(images.build("products", context, tag="2.0"), orders)
    text = ready.check("containers-image").text
    assert "root" in text
    assert "does not start the orders service" in text
    digest.push_products(ready)
    run(ready, "containers-kneading", memory.KNEAD, memory=64)
    assert "code 137" in ready.check("containers-memory").text
    run(ready, "containers-oven", "pass")
    assert "without anybody stopping it" in ready.check("containers-stop").text


def run(lab: Lab, family: str, program: str, **settings: Any) -> None:
    """Run a task of the catalogue's image to its end."""
    ecs, ecr, iam, ec2 = (lab.session.client(name) for name in ("ecs", "ecr", "iam", "ec2"))
    [repository] = ecr.describe_repositories(repositoryNames=["containers/products"])["repositories"]
    [subnet] = ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": [NAME]}])["Subnets"]
    image = f"{repository['repositoryUri']}:1.0"
    container = {"name": "main", "image": image, "command": ["python", "-c", program]}
    ecs.register_task_definition(
        family=family,
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=iam.get_role(RoleName="containers-execution")["Role"]["Arn"],
        containerDefinitions=[container | settings],
    )
    network = {"subnets": [subnet["SubnetId"]], "assignPublicIp": "ENABLED"}
    [task] = ecs.run_task(
        cluster=NAME,
        taskDefinition=family,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
    )["tasks"]
    patience = {"Delay": 1, "MaxAttempts": 60}
    ecs.get_waiter("tasks_stopped").wait(cluster=NAME, tasks=[task["taskArn"]], WaiterConfig=patience)
