"""Somebody else's account: what a repository's policy lets it pull, and what not."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.cloud.registry_client import RegistryClient, SmallImage, error
from tests.cloud.running import RunningCloud

OURS, THEIRS = "123456789012", "210987654321"
PULL = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"]
IMAGE = SmallImage.of("shared")


@pytest.fixture(scope="module")
def theirs(cloud: RunningCloud) -> boto3.Session:
    """A session of a role of another account."""
    given = cloud.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{THEIRS}:role/Puller", RoleSessionName="puller"
    )["Credentials"]
    return boto3.Session(
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
        region_name="us-east-1",
    )


@pytest.fixture(scope="module")
def their_ecr(cloud: RunningCloud, theirs: boto3.Session) -> Any:
    return theirs.client("ecr", endpoint_url=cloud.endpoint)


@pytest.fixture
def name(cloud: RunningCloud, ecr: Any) -> Iterator[str]:
    name = "shop/shared"
    ecr.create_repository(repositoryName=name)
    with RegistryClient(cloud, name) as client:
        client.push(IMAGE)
    yield name
    ecr.delete_repository(repositoryName=name, force=True)


@pytest.fixture
def their_registry(cloud: RunningCloud, their_ecr: Any, name: str) -> Iterator[RegistryClient]:
    """Our registry, with a password that the other account asked for."""
    [data] = their_ecr.get_authorization_token(registryIds=[OURS])["authorizationData"]
    password = base64.b64decode(data["authorizationToken"]).decode().removeprefix("AWS:")
    with RegistryClient(cloud, name, password=password) as client:
        yield client


def allow(ecr: Any, name: str, **statement: Any) -> None:
    given = {
        "Sid": "TheOtherAccount",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{THEIRS}:root"},
        "Action": PULL,
    }
    policy = {"Version": "2012-10-17", "Statement": [given | statement]}
    ecr.set_repository_policy(repositoryName=name, policyText=json.dumps(policy))


def test_who_one_is_in_the_other_account(cloud: RunningCloud, theirs: boto3.Session) -> None:
    identity = theirs.client("sts", endpoint_url=cloud.endpoint).get_caller_identity()
    assert identity["Account"] == THEIRS
    assert identity["Arn"] == f"arn:aws:sts::{THEIRS}:assumed-role/Puller/puller"


def test_without_a_policy_the_other_account_is_denied(
    their_ecr: Any, their_registry: RegistryClient, name: str
) -> None:
    with pytest.raises(ClientError) as caught:
        their_ecr.batch_get_image(registryId=OURS, repositoryName=name, imageIds=[{"imageTag": "v1"}])
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
    message = caught.value.response["Error"]["Message"]
    assert message.startswith(
        f"User: arn:aws:sts::{THEIRS}:assumed-role/Puller/puller is not authorized to perform: ecr:BatchGetImage"
    )
    status, code, message = error(their_registry.get("manifests/v1"))
    assert (status, code) == (403, "DENIED") and "ecr:BatchGetImage" in message


def test_a_policy_lets_it_pull_and_nothing_else(
    ecr: Any, their_ecr: Any, their_registry: RegistryClient, name: str
) -> None:
    allow(ecr, name)
    assert their_registry.get("manifests/v1").content == IMAGE.manifest
    digest = json.loads(IMAGE.manifest)["layers"][0]["digest"]
    assert their_registry.get(f"blobs/{digest}").content == IMAGE.layers[0]
    answer = their_ecr.batch_get_image(registryId=OURS, repositoryName=name, imageIds=[{"imageTag": "v1"}])
    assert answer["images"][0]["registryId"] == OURS
    assert error(their_registry.post("blobs/uploads/"))[:2] == (403, "DENIED")
    with pytest.raises(ClientError, match="ecr:DeleteRepository"):
        their_ecr.delete_repository(registryId=OURS, repositoryName=name)


def test_without_our_registry_id_it_is_its_own_registry(ecr: Any, their_ecr: Any, name: str) -> None:
    allow(ecr, name)
    with pytest.raises(ClientError, match=f"registry with id '{THEIRS}'"):
        their_ecr.batch_get_image(repositoryName=name, imageIds=[{"imageTag": "v1"}])


def test_a_policy_for_another_account_or_a_denial_helps_nobody(
    ecr: Any, their_registry: RegistryClient, name: str
) -> None:
    allow(ecr, name, Principal={"AWS": "arn:aws:iam::333333333333:root"})
    assert their_registry.get("manifests/v1").status_code == 403
    allow(ecr, name, Effect="Deny")
    assert their_registry.get("manifests/v1").status_code == 403
    ecr.delete_repository_policy(repositoryName=name)
    assert their_registry.get("manifests/v1").status_code == 403


def test_the_other_account_does_nothing_else_here(cloud: RunningCloud, theirs: boto3.Session) -> None:
    for service, call in (("ecs", "list_clusters"), ("ec2", "describe_vpcs"), ("iam", "list_users")):
        with pytest.raises(ClientError, match="not authorized"):
            getattr(theirs.client(service, endpoint_url=cloud.endpoint), call)()


def test_a_repository_policy_that_is_none_is_refused(ecr: Any, name: str) -> None:
    for text in ("{", "[]", '{"Version": "2012-10-17", "Statement": [{"Effect": "Maybe"}]}'):
        with pytest.raises(ClientError, match="Invalid repository policy provided"):
            ecr.set_repository_policy(repositoryName=name, policyText=text)
    with pytest.raises(ClientError, match="RepositoryPolicyNotFoundException"):
        ecr.get_repository_policy(repositoryName=name)
