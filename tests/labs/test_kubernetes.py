"""Kubernetes's own schemas, as the course keeps them: whole, small, and judging as the full ones do."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from labs import kubernetes
from labs.kubernetes import NEW, OLD, UnknownKind, objection
from labs.manifests import Manifest, problem, read
from tests.kubernetes_schemas import packed, stripped

FOLDER = Path(kubernetes.__file__).parent


def document(api: str, kind: str, **parts: Any) -> dict[str, Any]:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": "croissants"}} | parts


POD = {"containers": [{"name": "web", "image": "shop:1"}]}
TEMPLATE = {"metadata": {"labels": {"app": "web"}}, "spec": POD}
DEPLOYMENT = {"selector": {"matchLabels": {"app": "web"}}, "template": TEMPLATE}


@pytest.mark.parametrize(
    "good",
    [
        document("v1", "Pod", spec=POD),
        document("apps/v1", "Deployment", spec=DEPLOYMENT),
        document("v1", "Service", spec={"ports": [{"port": 80, "targetPort": "http"}]}),
        document("v1", "Service", spec={"ports": [{"port": 80, "targetPort": 8080}]}),
        document("v1", "ConfigMap", data={"description": "no annotation, but a key", "default": "x"}),
        document("batch/v1", "CronJob", spec={"schedule": "0 4 * * *", "jobTemplate": {"spec": {"template": TEMPLATE}}}),
        document("v1", "Pod", spec={"containers": [POD["containers"][0] | {"resources": {"limits": {"cpu": 1, "memory": "1Gi"}}}]}),
        document("networking.k8s.io/v1", "NetworkPolicy", spec={"podSelector": {}}),
        document("rbac.authorization.k8s.io/v1", "Role", rules=[{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}]),
    ],
    ids=lambda each: each["kind"],
)  # fmt: skip
@pytest.mark.parametrize("version", kubernetes.VERSIONS)
def test_what_conforms(good: dict[str, Any], version: str) -> None:
    assert objection(good, version) is None


@pytest.mark.parametrize(
    ("bad", "where", "what"),
    [
        (document("v1", "Pod", spec={}), "spec", "'containers' is a required property"),
        (document("v1", "Pod", spec={"containers": "web"}), "spec.containers", "'web' is not of type 'array'"),
        (document("v1", "Pod", spec={"containers": [{"name": 1}]}), "spec.containers.0.name", "1 is not of type 'string'"),
        (document("v1", "Pod", spec=POD | {"restartpolicy": "x"}), "spec", "Additional properties are not allowed ('restartpolicy' was unexpected)"),
        (document("apps/v1", "Deployment", spec={"template": TEMPLATE}), "spec", "'selector' is a required property"),
        (document("apps/v1", "Deployment", spec=DEPLOYMENT | {"replicas": "2"}), "spec.replicas", "'2' is not of type 'integer', 'null'"),
        (document("v1", "Service", spec={"ports": [{"port": "80"}]}), "spec.ports.0.port", "'80' is not of type 'integer'"),
        (document("v1", "ConfigMap", data={"a": 1}), "data.a", "1 is not of type 'string', 'null'"),
    ],
)  # fmt: skip
def test_what_does_not_conform_is_told_with_its_place(bad: dict[str, Any], where: str, what: str) -> None:
    assert objection(bad) == (where, what)


@pytest.mark.parametrize(
    ("api", "kind", "versions"),
    [
        ("autoscaling/v2beta2", "HorizontalPodAutoscaler", (OLD,)),  # removed in 1.26
        ("autoscaling/v2", "HorizontalPodAutoscaler", (OLD, NEW)),
        ("networking.k8s.io/v1", "ServiceCIDR", (NEW,)),
        ("extensions/v1beta1", "Ingress", ()),
        ("networking/v1", "Ingress", ()),
        ("v1", "service", ()),
        ("v1", "PodSpec", ()),
        ("v1", "DeleteOptions", ()),
        ("../v1", "../Pod", ()),
    ],
)
def test_each_version_knows_its_own_objects(api: str, kind: str, versions: tuple[str, ...]) -> None:
    for version in kubernetes.VERSIONS:
        if version in versions:
            objection(document(api, kind), version)
        else:
            with pytest.raises(UnknownKind):
                objection(document(api, kind), version)


def test_a_manifest_that_is_nested_too_deeply_is_refused() -> None:
    deep: dict[str, Any] = {"type": "object"}
    for _ in range(400):
        deep = {"type": "object", "properties": {"a": deep}}
    versions = [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": deep}}]
    spec = {"group": "b", "names": {"kind": "A", "plural": "as"}, "scope": "Namespaced", "versions": versions}
    found = document("apiextensions.k8s.io/v1", "CustomResourceDefinition", spec=spec)
    assert problem(Manifest("", found)) == "too many nested levels"
    [flat] = read("apiVersion: v1\nkind: Pod\nmetadata: {}")
    assert problem(flat) is None


def test_the_data_are_small_and_have_their_licence() -> None:
    assert sum(path.stat().st_size for path in FOLDER.glob("*.json.gz")) < 60_000
    assert "Apache License" in (FOLDER / "LICENSE.txt").read_text(encoding="utf-8")


def test_annotations_go_and_properties_of_their_names_stay() -> None:
    schema = {
        "description": "words",
        "properties": {"description": {"type": "string", "format": "x"}, "x-kubernetes-name": {"default": 1}},
        "x-kubernetes-list-type": "set",
        "items": [{"default": 1, "type": "object"}],
    }
    assert stripped(schema) == {
        "properties": {"description": {"type": "string"}, "x-kubernetes-name": {}},
        "items": [{"type": "object"}],
    }


def test_every_reference_leads_somewhere() -> None:
    for version in kubernetes.VERSIONS:
        data = json.loads(gzip.decompress((FOLDER / f"schemas-{version}.json.gz").read_bytes()))
        told = json.dumps(data)
        names = {part.split('"')[0] for part in told.split('"#/$defs/')[1:]}
        assert names and names <= data["$defs"].keys()
        assert set(data["kinds"].values()) <= data["$defs"].keys()


def test_the_tool_lists_what_can_be_applied_and_makes_the_same_bytes_each_time() -> None:
    def of(group: str, kind: str) -> dict[str, Any]:
        told = [{"group": group, "version": "v1", "kind": kind}]
        return {"type": "object", "x-kubernetes-group-version-kind": told}

    definitions = {
        "$defs": {
            "io.k8s.api.core.v1.Pod": of("", "Pod"),
            "io.k8s.api.apps.v1.Deployment": of("apps", "Deployment"),
            "io.k8s.api.core.v1.PodSpec": {"type": "object", "description": "a part"},
            "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions": of("apps", "DeleteOptions"),
        }
    }
    made = packed(definitions)
    assert made == packed(definitions)
    data = json.loads(gzip.decompress(made))
    assert data["kinds"] == {
        "v1/Pod": "io.k8s.api.core.v1.Pod",
        "apps/v1/Deployment": "io.k8s.api.apps.v1.Deployment",
    }
    assert data["$defs"]["io.k8s.api.core.v1.PodSpec"] == {"type": "object"}
