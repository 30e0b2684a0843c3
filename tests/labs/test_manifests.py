"""The shop's manifests against Kubernetes's own schemas, hostile texts, and what kubectl may touch."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from labs import manifests
from labs.images import SOURCE
from labs.manifests import Manifest, Unreadable, context, problem, read, shop
from labs.playgrounds import ecs_or_eks, manifest, side_by_side

SERVICES = ("frontend", "products", "orders", "reviews")


def objects(kind: str) -> dict[str, dict[str, Any]]:
    found = [each.document for each in shop() if each.document["kind"] == kind]
    return {each["metadata"]["name"]: each for each in found}


@pytest.mark.parametrize("each", shop(), ids=lambda each: each.name)
def test_the_shop_conforms_and_lives_in_its_namespace(each: Manifest) -> None:
    assert problem(each) is None
    if each.document["kind"] != "Namespace":
        assert each.document["metadata"]["namespace"] == "shop"


def test_every_file_of_the_folder_is_applied() -> None:
    files = {path.name for path in manifests.SHOP.glob("*.yaml")} - {"kustomization.yaml"}
    assert {each.file for each in shop()} == files


def test_the_manifests_agree_with_the_images() -> None:
    images = tomllib.loads((SOURCE / "images.toml").read_text(encoding="utf-8"))
    user, group = (int(part) for part in images["image"]["user"].split(":"))
    kustomization = yaml.safe_load((manifests.SHOP / "kustomization.yaml").read_text(encoding="utf-8"))
    deployments, services = objects("Deployment"), objects("Service")
    assert deployments.keys() == services.keys() == images["services"].keys() == set(SERVICES)
    assert {each["name"] for each in kustomization["images"]} == {f"frenchbakery/{name}" for name in SERVICES}
    for name, deployment in deployments.items():
        pod = deployment["spec"]["template"]["spec"]
        [container] = pod["containers"]
        assert container["image"] == f"frenchbakery/{name}"
        assert container["ports"] == [{"name": "http", "containerPort": images["image"]["port"]}]
        assert (pod["securityContext"]["runAsUser"], pod["securityContext"]["runAsGroup"]) == (user, group)
        assert services[name]["spec"]["selector"] == deployment["spec"]["template"]["metadata"]["labels"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_pod_is_let_in_by_the_restricted_profile(name: str) -> None:
    pod = objects("Deployment")[name]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] and not pod["automountServiceAccountToken"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"]["requests"] and container["resources"]["limits"]


def test_a_budget_leaves_room_to_empty_a_node() -> None:
    scaled = {each["spec"]["scaleTargetRef"]["name"] for each in objects("HorizontalPodAutoscaler").values()}
    for name, budget in objects("PodDisruptionBudget").items():
        copies = objects("Deployment")[name]["spec"].get("replicas", 2 if name in scaled else 1)
        assert budget["spec"]["minAvailable"] < copies


def test_the_ingress_sends_every_path_to_a_service_that_exists() -> None:
    [ingress] = objects("Ingress").values()
    [rule] = ingress["spec"]["rules"]
    names = {path["backend"]["service"]["name"] for path in rule["http"]["paths"]}
    assert names == set(SERVICES)


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
def test_kubectl_builds_the_folder() -> None:
    built = subprocess.run(
        ("kubectl", "kustomize", str(manifests.SHOP)), capture_output=True, text=True, timeout=60, check=True
    ).stdout
    assert built.count("\nkind: ") + built.startswith("kind: ") == len(shop())
    assert "image: frenchbakery/frontend:1.0" in built


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [", "not YAML"),
        ("a: &x [1]\nb: *x", "aliases"),
        ("- 1", "apiVersion"),
        ("kind: Pod\nmetadata: {}", "apiVersion"),
        ("apiVersion: v1\nkind: 3\nmetadata: {}", "apiVersion"),
        ("apiVersion: v1\nkind: Pod\nmetadata: x", "apiVersion"),
        ("!!python/object/apply:os.system ['true']", "not YAML"),
        ("a: 2026-99-99", "not YAML"),
    ],
)
def test_a_text_that_is_no_manifest_is_refused(text: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read(text)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "Sorvice"}, "does not know “Sorvice”"),
        ({"kind": "../../../service"}, "does not know"),
        ({"apiVersion": "v2"}, "in v2"),
        ({"apiVersion": "../v1"}, "in ../v1"),
        ({"spec": {"ports": 80}}, "spec.ports: 80 is not of type"),
        ({"spec": {"port": []}}, "spec: Additional properties are not allowed"),
    ],
)
def test_the_schema_objects(change: dict[str, Any], words: str) -> None:
    document = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "shop"}} | change
    assert words in (problem(Manifest("", document)) or "")


@pytest.mark.parametrize(
    ("current", "named", "chosen"),
    [
        ("kind-shop", None, "kind-shop"),
        ("minikube", None, "minikube"),
        ("arn:aws:eks:us-east-1:123456789012:cluster/production", None, None),
        ("", None, None),
        ("kind-shop", "mine", "mine"),
    ],
)
def test_only_a_cluster_made_for_trying_is_touched(
    current: str, named: str | None, chosen: str | None
) -> None:
    assert context(current, named) == chosen


KUBECTL = """#!/bin/sh
echo "$@" >> {log}
case "$*" in
  "config current-context")
    if [ -z "{current}" ]; then echo "error: current-context is not set" >&2; exit 1; fi
    echo "{current}" ;;
  *readyz) if [ {ready} != 0 ]; then echo "The connection to the server was <refused>" >&2; exit 1; fi ;;
  *apply*)
    echo "namespace/shop <created>"
    if [ {applied} != 0 ]; then echo "deployments are forbidden" >&2; exit 1; fi ;;
esac
"""


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Puts a kubectl of the test's own in front: its context, and which of its calls fail. Returns its log."""

    def put(current: str, ready: int = 0, applied: int = 0, script: str = KUBECTL) -> Path:
        log, fake = tmp_path / "log", tmp_path / "kubectl"
        fake.write_text(script.format(log=log, current=current, ready=ready, applied=applied))
        fake.chmod(0o755)
        return log

    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.delenv(manifests.CONTEXT, raising=False)
    return put


NOTHING = "Nothing was applied."


@pytest.mark.parametrize(
    ("current", "ready", "applied", "words"),
    [
        ("", 0, 0, ("points to no cluster", NOTHING)),
        ("production", 0, 0, ("points to the context production", NOTHING)),
        (
            "kind-shop",
            1,
            0,
            ("ready to answer in the context kind-shop", NOTHING, "<pre>The connection", "&lt;refused&gt;"),
        ),
        ("kind-shop", 0, 1, ("not everything was applied", "namespace/shop", "deployments are forbidden")),
        ("kind-shop", 0, 0, ("Applied in the context kind-shop", "namespace/shop &lt;created&gt;")),
    ],
)
def test_apply(
    kubectl: Callable[..., Path], current: str, ready: int, applied: int, words: tuple[str, ...]
) -> None:
    log = kubectl(current, ready, applied)
    shown = manifests.apply()
    assert [each for each in words if each not in shown.html] == []
    assert ("apply" in log.read_text()) == (current == "kind-shop" and ready == 0)
    assert (NOTHING in shown.html) == ("apply" not in log.read_text())
    assert shown.text == manifests.say("apply")  # the same whatever cluster there is


def test_apply_to_the_context_that_the_learner_names(
    kubectl: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = kubectl("production")
    monkeypatch.setenv(manifests.CONTEXT, "mine")
    assert "Applied in the context mine" in manifests.apply().html
    asked, *others = log.read_text().splitlines()
    assert asked == "config current-context"
    assert [each.startswith("--context mine ") for each in others] == [True, True]


def test_apply_to_a_cluster_that_never_answers(
    kubectl: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = kubectl("kind-shop", script=KUBECTL.replace("*readyz) ", "*readyz) exec sleep 60;"))
    monkeypatch.setattr(manifests, "PATIENCE", 0.5)
    shown = manifests.apply()
    assert "no answer within 0.5 seconds" in shown.html and NOTHING in shown.html
    assert "apply" not in log.read_text()


@pytest.mark.parametrize("script", [None, "no program\n"])
def test_apply_without_a_kubectl_that_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None
) -> None:
    if script:
        (tmp_path / "kubectl").write_text(script)  # not even executable
    monkeypatch.setenv("PATH", str(tmp_path))
    shown = manifests.apply()
    assert "not installed" in shown.html and NOTHING in shown.html


# The playgrounds


def test_the_hasty_manifest_is_wrong_in_both_objects_and_half_right_in_the_old_version() -> None:
    now = manifest.show({"text": manifest.HASTY, "version": manifests.VERSION}).text.splitlines()
    old = manifest.show({"text": manifest.HASTY, "version": manifest.OLD}).text.splitlines()
    assert [line[0] for line in now] == ["✘", "✘"]
    assert [line[0] for line in old] == ["✘", "✔"]


def test_a_hostile_manifest_is_escaped() -> None:
    shown = manifest.show(
        {"text": "apiVersion: v1\nkind: <b>\nmetadata: {name: <script>}", "version": manifests.VERSION}
    )
    assert "<script>" not in shown.html and "<b>" not in shown.html
    assert manifest.show({"text": "", "version": manifests.VERSION}).text == "No object."


def starting(module: Any) -> dict[str, Any]:
    return {control.name: control.value for control in module.controls()}


@pytest.mark.parametrize("readonly", [True, False])
@pytest.mark.parametrize("cpu", ["256", "4096"])
def test_both_texts_say_the_same_and_the_manifests_conform(cpu: str, readonly: bool) -> None:
    settings = starting(side_by_side) | {"cpu": cpu, "port": 3000, "replicas": 5, "readonly": readonly}
    deployment, service = side_by_side.objects(settings)
    assert [problem(Manifest("", each)) for each in (deployment, service)] == [None, None]
    [pod] = deployment["spec"]["template"]["spec"]["containers"]
    [task] = side_by_side.task_definition(settings)["containerDefinitions"]
    assert pod["ports"][0]["containerPort"] == task["portMappings"][0]["containerPort"] == 3000
    assert deployment["spec"]["replicas"] == side_by_side.service(settings)["desiredCount"] == 5
    assert pod["securityContext"].get("readOnlyRootFilesystem") == task.get("readonlyRootFilesystem")
    assert pod["resources"]["requests"]["cpu"] == {"256": "250m", "4096": "4000m"}[cpu]


@pytest.mark.parametrize(
    ("cpu", "memory", "words"),
    [
        ("256", "512", "ECS accepts this size on Fargate. EKS adds 256 MB .* 0.25 vCPU and 1 GiB"),
        ("256", "4096", "ECS refuses .* gets 1 vCPU and 5 GiB"),
    ],
)
def test_ecs_refuses_where_eks_rounds_up(cpu: str, memory: str, words: str) -> None:
    import re

    shown = side_by_side.show(starting(side_by_side) | {"cpu": cpu, "memory": memory})
    assert re.search(words, shown.text)


def test_every_size_on_offer_fits_a_fargate_pod() -> None:
    cpu, memory = side_by_side.controls()[:2]
    for units, _ in cpu.options:  # type: ignore[attr-defined]
        for mib, _ in memory.options:  # type: ignore[attr-defined]
            assert side_by_side.show(starting(side_by_side) | {"cpu": units, "memory": mib}).text


def test_ten_teams_half_of_them_each_way() -> None:
    suits = [each.suits for each in ecs_or_eks.SCENARIOS]
    assert (suits.count("ECS"), suits.count("EKS")) == (5, 5)
    undecided = starting(ecs_or_eks)
    assert ecs_or_eks.show(undecided).text == "right answers: 0 of 0; to decide: 10"
    right = {each.name: each.suits for each in ecs_or_eks.SCENARIOS}
    assert ecs_or_eks.show(right).text.startswith("right answers: 10 of 10; to decide: 0")
    one = ecs_or_eks.show(undecided | {"helm": "ECS"}).text.splitlines()
    assert one[0] == "right answers: 0 of 1; to decide: 9"
    assert one[1].startswith("✘ 3. Rather EKS.")
