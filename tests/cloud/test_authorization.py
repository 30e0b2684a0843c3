"""Who may do what in a running cloud: users, roles, resources, denials in each protocol's shape."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from itertools import count
from typing import Any

import boto3
import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.cloud.running import RunningCloud

ACCOUNT = "123456789012"
REGION = "us-east-1"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_number = count()


def statement(action: Any, resource: Any = "*", effect: str = "Allow", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource} | more


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


class Person:
    """An IAM user with an inline policy, and clients under his key."""

    def __init__(self, cloud: RunningCloud, *statements: dict[str, Any]):
        self.cloud = cloud
        self.iam = cloud.client("iam")
        self.name = f"baker-{next(_number)}"
        self.arn = self.iam.create_user(UserName=self.name, Tags=[{"Key": "team", "Value": "ovens"}])["User"][
            "Arn"
        ]
        if statements:
            self.may(*statements)
        key = self.iam.create_access_key(UserName=self.name)["AccessKey"]
        self.session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=REGION)

    def may(self, *statements: dict[str, Any]) -> None:
        """Replace what he may do."""
        self.iam.put_user_policy(
            UserName=self.name, PolicyName="inline", PolicyDocument=document(*statements)
        )

    def client(self, service: str) -> Any:
        return self.session.client(
            service, endpoint_url=self.cloud.endpoint, config=Config(retries={"total_max_attempts": 1})
        )


def denied(call: Callable[[], Any], code: str = "AccessDeniedException", status: int = 400) -> str:
    """AWS's message of a denied call."""
    with pytest.raises(ClientError) as refused:
        call()
    error = refused.value.response
    assert (error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"]) == (code, status), error
    return str(error["Error"]["Message"])


@pytest.fixture(scope="module")
def nobody(cloud: RunningCloud) -> Person:
    return Person(cloud)


def test_a_denial_in_aws_words(nobody: Person) -> None:
    cluster = f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/shop"
    assert denied(lambda: nobody.client("ecs").delete_cluster(cluster="shop")) == (
        f"User: {nobody.arn} is not authorized to perform: ecs:DeleteCluster on resource: {cluster} "
        "because no identity-based policy allows the ecs:DeleteCluster action"
    )


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "code", "status", "resource"),
    [
        ("ecs", "list_clusters", {}, "AccessDeniedException", 400, "*"),
        ("ecr", "create_repository", {"repositoryName": "web"}, "AccessDeniedException", 400,
         "arn:aws:ecr:us-east-1:123456789012:repository/web"),
        ("logs", "create_log_group", {"logGroupName": "/ecs/web"}, "AccessDeniedException", 400,
         "arn:aws:logs:us-east-1:123456789012:log-group:/ecs/web:log-stream:"),
        ("elbv2", "describe_load_balancers", {}, "AccessDenied", 403, "*"),
        ("elbv2", "create_target_group", {"Name": "web"}, "AccessDenied", 403,
         "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/*"),
        ("eks", "describe_cluster", {"name": "shop"}, "AccessDeniedException", 403,
         "arn:aws:eks:us-east-1:123456789012:cluster/shop"),
        ("iam", "get_role", {"RoleName": "oven"}, "AccessDenied", 403, "arn:aws:iam::123456789012:role/oven"),
        ("cloudformation", "describe_stacks", {"StackName": "shop"}, "AccessDenied", 403,
         "arn:aws:cloudformation:us-east-1:123456789012:stack/shop/*"),
        ("dynamodb", "get_item", {"TableName": "orders", "Key": {}}, "AccessDeniedException", 400,
         "arn:aws:dynamodb:us-east-1:123456789012:table/orders"),
        ("ssm", "get_parameter", {"Name": "/shop/price"}, "AccessDeniedException", 400,
         "arn:aws:ssm:us-east-1:123456789012:parameter/shop/price"),
        ("secretsmanager", "get_secret_value", {"SecretId": "db"}, "AccessDeniedException", 400,
         "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-??????"),
        ("s3", "get_object", {"Bucket": "orders", "Key": "a/b"}, "AccessDenied", 403, "arn:aws:s3:::orders/a/b"),
        ("ec2", "describe_vpcs", {}, "UnauthorizedOperation", 403, "*"),
    ],
)  # fmt: skip
def test_each_service_s_denial(
    nobody: Person, service: str, operation: str, arguments: Any, code: str, status: int, resource: str
) -> None:
    text = denied(lambda: getattr(nobody.client(service), operation)(**arguments), code, status)
    assert f"User: {nobody.arn} is not authorized to perform: " in text
    assert f" on resource: {resource} because no identity-based policy allows the " in text
    if service == "ec2":
        assert text.startswith("You are not authorized to perform this operation.")
        assert "Encoded authorization failure message: " in text


def test_ec2_hides_the_details(cloud: RunningCloud, nobody: Person) -> None:
    text = denied(nobody.client("ec2").describe_vpcs, "UnauthorizedOperation", 403)
    sts = cloud.client("sts")
    encoded = text.rpartition(" ")[2]
    details = json.loads(sts.decode_authorization_message(EncodedMessage=encoded)["DecodedMessage"])
    assert (details["allowed"], details["explicitDeny"]) == (False, False)
    assert details["context"]["action"] == "ec2:DescribeVpcs"
    denied(
        lambda: sts.decode_authorization_message(EncodedMessage="x"), "InvalidAuthorizationMessageException"
    )


def test_everybody_may_ask_who_he_is(nobody: Person) -> None:
    assert nobody.client("sts").get_caller_identity()["Arn"] == nobody.arn


def test_the_clouds_own_key_is_the_learner_s(cloud: RunningCloud) -> None:
    arn = cloud.client("sts").get_caller_identity()["Arn"]
    assert cloud.client("iam").get_user()["User"]["Arn"] == arn == f"arn:aws:iam::{ACCOUNT}:user/learner"


def test_allow_and_deny_by_resource(cloud: RunningCloud) -> None:
    base = f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository"
    person = Person(
        cloud,
        statement("ecr:*", f"{base}/shop/*"),
        statement("ecr:DeleteRepository", f"{base}/shop/orders", "Deny"),
    )
    ecr = person.client("ecr")
    for name in ("shop/orders", "shop/reviews"):
        ecr.create_repository(repositoryName=name)
    assert "because no identity-based policy" in denied(lambda: ecr.create_repository(repositoryName="other"))
    ecr.delete_repository(repositoryName="shop/reviews")
    assert denied(lambda: ecr.delete_repository(repositoryName="shop/orders")).endswith(
        "with an explicit deny in an identity-based policy"
    )
    cloud.client("ecr").set_repository_policy(
        repositoryName="shop/orders",
        policyText=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "ecr:ListImages"}],
            }
        ),
    )
    assert denied(lambda: ecr.list_images(repositoryName="shop/orders")).endswith(
        "with an explicit deny in a resource-based policy"
    )


def test_authorization_comes_before_validation(nobody: Person) -> None:
    denied(lambda: nobody.client("ecs").describe_services(cluster="none", services=[]))


def test_groups_managed_policies_and_boundaries(cloud: RunningCloud) -> None:
    iam, person = cloud.client("iam"), Person(cloud)
    iam.create_group(GroupName="readers")
    iam.attach_group_policy(
        GroupName="readers", PolicyArn="arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly"
    )
    iam.add_user_to_group(GroupName="readers", UserName=person.name)
    ecr = person.client("ecr")
    ecr.describe_repositories()
    denied(lambda: ecr.create_repository(repositoryName="mine"))
    limit = iam.create_policy(PolicyName="limit", PolicyDocument=document(statement("ecs:*")))["Policy"][
        "Arn"
    ]
    iam.put_user_permissions_boundary(UserName=person.name, PermissionsBoundary=limit)
    boundary = iam.get_user(UserName=person.name)["User"]["PermissionsBoundary"]
    assert boundary["PermissionsBoundaryArn"] == limit
    assert denied(ecr.describe_repositories).endswith(
        "because no permissions boundary allows the ecr:DescribeRepositories action"
    )
    iam.delete_user_permissions_boundary(UserName=person.name)
    ecr.describe_repositories()


def test_conditions_of_container_policies(cloud: RunningCloud) -> None:
    cloud.client("ecs").create_cluster(clusterName="shop", tags=[{"key": "team", "value": "ovens"}])
    cloud.client("ecs").create_cluster(clusterName="bank")
    same_team = {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}
    of_cluster = {"ArnEquals": {"ecs:cluster": f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/shop"}}
    tagged = {
        "StringEquals": {"aws:RequestTag/stage": "test"},
        "ForAllValues:StringEquals": {"aws:TagKeys": "stage"},
    }
    person = Person(
        cloud,
        statement("ecs:DescribeClusters", Condition=same_team),
        statement("ecs:ListServices", Condition=of_cluster),
        statement(["ecr:CreateRepository", "ecr:TagResource"], Condition=tagged),
    )
    ecs, ecr = person.client("ecs"), person.client("ecr")
    ecs.describe_clusters(clusters=["shop"])
    denied(lambda: ecs.describe_clusters(clusters=["shop", "bank"]))
    ecs.list_services(cluster="shop")
    denied(lambda: ecs.list_services(cluster="bank"))
    ecr.create_repository(repositoryName="staged", tags=[{"Key": "stage", "Value": "test"}])
    denied(lambda: ecr.create_repository(repositoryName="bare"))
    denied(
        lambda: ecr.create_repository(
            repositoryName="more", tags=[{"Key": "stage", "Value": "test"}, {"Key": "x", "Value": "y"}]
        )
    )


TASKS = {"Service": "ecs-tasks.amazonaws.com"}


def make_role(cloud: RunningCloud, principal: Any, *statements: dict[str, Any], **more: Any) -> str:
    iam, name = cloud.client("iam"), f"role-{next(_number)}"
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"} | more
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=document(*statements))
    return str(arn)


def test_passing_a_role(cloud: RunningCloud) -> None:
    role, other = make_role(cloud, TASKS), make_role(cloud, TASKS)
    to_tasks = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    person = Person(
        cloud, statement("ecs:*"), statement("iam:PassRole", role, Condition=to_tasks), statement("events:*")
    )

    def register(task_role: str) -> Any:
        return person.client("ecs").register_task_definition(
            family="passing",
            taskRoleArn=task_role,
            containerDefinitions=[{"name": "web", "image": "web:1", "memory": 64}],
        )

    register(role)
    assert denied(lambda: register(other)) == (
        f"User: {person.arn} is not authorized to perform: iam:PassRole on resource: {other} "
        "because no identity-based policy allows the iam:PassRole action"
    )
    person.may(statement("ecs:*"))
    text = denied(lambda: person.client("ecs").run_task(taskDefinition="passing"))
    assert "iam:PassRole on resource: " + role in text
    target = {"Id": "1", "Arn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/shop", "RoleArn": role}
    person.may(statement("events:*"))
    assert "iam:PassRole" in denied(
        lambda: person.client("events").put_targets(Rule="nightly", Targets=[target])
    )


def test_trust_policies_and_session_policies(cloud: RunningCloud) -> None:
    person = Person(cloud)
    sts = person.client("sts")

    def assume(role: str, **more: Any) -> dict[str, Any]:
        credentials: dict[str, Any] = sts.assume_role(RoleArn=role, RoleSessionName="monday", **more)[
            "Credentials"
        ]
        return credentials

    def no(role: str, **more: Any) -> str:
        return denied(lambda: assume(role, **more), "AccessDenied", 403)

    by_account = make_role(cloud, {"AWS": ACCOUNT}, statement("ecs:*"))
    assert no(by_account).endswith("because no identity-based policy allows the sts:AssumeRole action")
    person.may(statement("sts:AssumeRole", by_account))
    given = assume(by_account, Policy=document(statement("ecs:List*")))
    session = boto3.Session(
        given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], region_name=REGION
    )
    ecs = session.client("ecs", endpoint_url=cloud.endpoint)
    ecs.list_clusters()
    text = denied(lambda: ecs.create_cluster(clusterName="mine"))
    assert f":assumed-role/{by_account.rpartition('/')[2]}/monday is not" in text
    assert text.endswith("because no session policy allows the ecs:CreateCluster action")

    assert no(make_role(cloud, TASKS)) == (
        f"User: {person.arn} is not authorized to perform: sts:AssumeRole "
        "because no role trust policy allows the sts:AssumeRole action"
    )
    assert "on resource: arn:aws:iam::123456789012:role/none" in no("arn:aws:iam::123456789012:role/none")
    person.may(statement("ecs:*"))
    assume(make_role(cloud, {"AWS": person.arn}))  # a trust policy that names him is enough
    external = make_role(cloud, {"AWS": person.arn}, Condition={"StringEquals": {"sts:ExternalId": "secret"}})
    assume(external, ExternalId="secret")
    no(external)


def test_the_administrator_is_held_by_trust_policies_only(cloud: RunningCloud) -> None:
    sts = cloud.client("sts")
    sts.assume_role(RoleArn=make_role(cloud, {"AWS": ACCOUNT}), RoleSessionName="me")
    role = make_role(cloud, TASKS)
    denied(lambda: sts.assume_role(RoleArn=role, RoleSessionName="me"), "AccessDenied", 403)


def test_the_simulator_says_what_the_judge_says(cloud: RunningCloud) -> None:
    person = Person(cloud, statement("ecr:*"), statement("ecr:Delete*", effect="Deny"))
    iam = cloud.client("iam")
    actions = ["ecr:PutImage", "ecr:DeleteRepository", "ecs:RunTask"]
    answer = iam.simulate_principal_policy(PolicySourceArn=person.arn, ActionNames=actions)
    found = {result["EvalActionName"]: result["EvalDecision"] for result in answer["EvaluationResults"]}
    assert found == dict(zip(actions, ["allowed", "explicitDeny", "implicitDeny"], strict=True))
    region = {"StringEquals": {"aws:RequestedRegion": "eu-west-3"}}
    custom = {
        "PolicyInputList": [document(statement("ecs:*", Condition=region))],
        "ActionNames": ["ecs:RunTask"],
    }
    [result] = iam.simulate_custom_policy(**custom)["EvaluationResults"]
    assert (result["EvalDecision"], result["MissingContextValues"]) == (
        "implicitDeny",
        ["aws:RequestedRegion"],
    )
    entry = {
        "ContextKeyName": "aws:RequestedRegion",
        "ContextKeyValues": ["eu-west-3"],
        "ContextKeyType": "string",
    }
    [result] = iam.simulate_custom_policy(**custom, ContextEntries=[entry])["EvaluationResults"]
    assert (result["EvalDecision"], result.get("MissingContextValues", [])) == ("allowed", [])
    with pytest.raises(ClientError) as refused:
        iam.simulate_principal_policy(PolicySourceArn=f"{person.arn}-none", ActionNames=actions)
    assert refused.value.response["Error"]["Code"] == "NoSuchEntity"


def registry(cloud: RunningCloud, person: Person, method: str, path: str) -> tuple[int, dict[str, Any]]:
    """A call of the registry with the person's own password."""
    [data] = person.client("ecr").get_authorization_token()["authorizationData"]
    connection = http.client.HTTPConnection("127.0.0.1", cloud.state.port, timeout=10)
    connection.request(method, path, headers={"Authorization": f"Basic {data['authorizationToken']}"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, json.loads(body or b"{}")


def test_a_registry_password_is_its_owner_s(cloud: RunningCloud) -> None:
    cloud.client("ecr").create_repository(repositoryName="pulled")
    arn = f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/pulled"
    person = Person(
        cloud, statement("ecr:GetAuthorizationToken"), statement(["ecr:BatchGetImage", "ecr:ListImages"], arn)
    )
    assert registry(cloud, person, "GET", "/v2/")[0] == 200
    assert registry(cloud, person, "GET", "/v2/pulled/tags/list")[0] == 200
    assert registry(cloud, person, "GET", "/v2/pulled/manifests/latest")[0] == 404
    status, answer = registry(cloud, person, "POST", "/v2/pulled/blobs/uploads/")
    assert (status, answer["errors"][0]["code"]) == (403, "DENIED")
    assert answer["errors"][0]["message"] == (
        f"User: {person.arn} is not authorized to perform: ecr:InitiateLayerUpload on resource: {arn} "
        "because no identity-based policy allows the ecr:InitiateLayerUpload action"
    )
    person.may(statement("ecr:GetAuthorizationToken"), statement("ecr:InitiateLayerUpload", arn))
    assert registry(cloud, person, "POST", "/v2/pulled/blobs/uploads/")[0] == 202
    assert registry(cloud, person, "GET", "/v2/pulled/tags/list")[0] == 403
    person.may(statement("ecs:*"))
    denied(person.client("ecr").get_authorization_token)


@pytest.mark.parametrize(
    ("service", "headers", "path", "body"),
    [
        ("ecs", {"X-Amz-Target": "A.ListClusters"}, "/?Action=CreateCluster", "{}"),
        ("iam", {"X-Amz-Target": "A.GetUser"}, "/", "Action=CreateUser&UserName=eve"),
        ("iam", {}, "/?Action=GetUser", "Action=CreateUser&UserName=eve"),
        ("iam", {}, "/", "Action=GetUser&Action=CreateUser&UserName=eve"),
        ("iam", {}, "/?UserName=own", "Action=GetUser&UserName=other"),
        ("eks", {"X-Amz-Target": "A.ListClusters"}, "/clusters/shop", ""),
        ("s3", {}, "/bucket/key?Action=DeleteObject", ""),
        ("s3", {"X-Amz-Target": "A.DeleteObject"}, "/bucket/key", ""),
    ],
)
def test_no_operation_is_smuggled_past_its_permission(
    cloud: RunningCloud, nobody: Person, service: str, headers: dict[str, str], path: str, body: str
) -> None:
    """Who may do one thing must not get another done by naming both."""
    request = AWSRequest("POST", cloud.endpoint + path, data=body, headers=headers | FORM)
    auth = S3SigV4Auth if service == "s3" else SigV4Auth
    auth(nobody.session.get_credentials(), service, REGION).add_auth(request)
    connection = http.client.HTTPConnection("127.0.0.1", cloud.state.port, timeout=10)
    connection.request("POST", path, body, dict(request.headers))
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    assert answer.status == 400 and (b"twice" in text), text


def test_secrets_by_name_are_judged_by_their_arn(cloud: RunningCloud) -> None:
    arn = cloud.client("secretsmanager").create_secret(Name="oven/code", SecretString="42")["ARN"]
    person = Person(cloud, statement("secretsmanager:GetSecretValue", arn))
    assert person.client("secretsmanager").get_secret_value(SecretId="oven/code")["SecretString"] == "42"


def test_copying_an_object_needs_reading_it(cloud: RunningCloud) -> None:
    s3 = cloud.client("s3")
    for bucket in ("private-recipes", "shop-window"):
        s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket="private-recipes", Key="a b", Body=b"croissant")
    person = Person(cloud, statement("s3:*", ["arn:aws:s3:::shop-window", "arn:aws:s3:::shop-window/*"]))
    mine = person.client("s3")
    mine.put_object(Bucket="shop-window", Key="x", Body=b"")
    assert "s3:GetObject on resource: arn:aws:s3:::private-recipes/a b" in denied(
        lambda: mine.copy_object(Bucket="shop-window", Key="y", CopySource="private-recipes/a b"),
        "AccessDenied",
        403,
    )
    mine.copy_object(Bucket="shop-window", Key="y", CopySource="shop-window/x")


def test_a_transaction_needs_what_it_is_made_of(cloud: RunningCloud) -> None:
    cloud.client("dynamodb").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    table = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/orders"
    person = Person(cloud, statement("dynamodb:PutItem", table))
    key = {"id": {"S": "1"}}
    put = {"Put": {"TableName": "orders", "Item": key}}
    delete = {"Delete": {"TableName": "orders", "Key": {"id": {"S": "2"}}}}
    person.client("dynamodb").transact_write_items(TransactItems=[put])
    text = denied(lambda: person.client("dynamodb").transact_write_items(TransactItems=[put, delete]))
    assert f"dynamodb:DeleteItem on resource: {table}" in text


@pytest.mark.parametrize(
    "cluster",
    [
        "arn:aws:ecs:us-east-1:123456789012:cluster/other/ovens",
        "arn:aws:ecs:eu-west-1:123456789012:cluster/ovens",
        "arn:aws:ecs:us-east-1:999999999999:cluster/ovens",
        "arn:x/ovens",
        "other/ovens",
        "/ovens",
    ],
)
def test_a_deny_holds_however_a_cluster_is_written(cloud: RunningCloud, cluster: str) -> None:
    """ECS finds by the end of a reference; the judge judges what ECS will find."""
    cloud.client("ecs").create_cluster(clusterName="ovens")
    arn = f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/ovens"
    ecs = Person(cloud, statement("*"), statement("ecs:*", arn, "Deny")).client("ecs")
    for call in (
        lambda: ecs.delete_cluster(cluster=cluster),
        lambda: ecs.describe_clusters(clusters=[cluster]),
        lambda: ecs.put_cluster_capacity_providers(
            cluster=cluster, capacityProviders=[], defaultCapacityProviderStrategy=[]
        ),
    ):
        assert f"on resource: {arn} with an explicit deny" in denied(call)


def test_a_deny_holds_however_a_service_or_definition_is_written(cloud: RunningCloud) -> None:
    admin = cloud.client("ecs")
    admin.create_cluster(clusterName="ovens")
    registered = admin.register_task_definition(
        family="dough", containerDefinitions=[{"name": "a", "image": "none", "memory": 64}]
    )["taskDefinition"]["taskDefinitionArn"]
    admin.create_service(cluster="ovens", serviceName="bake", taskDefinition="dough", desiredCount=0)
    base = f"arn:aws:ecs:us-east-1:{ACCOUNT}"
    forbidden = [f"{base}:service/ovens/*", registered]
    ecs = Person(cloud, statement("*"), statement("ecs:*", forbidden, "Deny")).client("ecs")
    for name in (f"{base}:service/other/bake", f"{base}:service/bake", "service/other/bake"):
        text = denied(lambda: ecs.delete_service(cluster="ovens", service=name, force=True))  # noqa: B023
        assert f"{base}:service/ovens/bake" in text
    for name in ("dough", "other/dough", f"{base}:task-definition/other/dough:1", "arn:x/dough:1"):
        denied(lambda: ecs.delete_task_definitions(taskDefinitions=[name]))  # noqa: B023
        assert registered in denied(lambda: ecs.run_task(cluster="ovens", taskDefinition="dough"))


def test_a_deny_holds_however_secrets_and_groups_are_asked_for(cloud: RunningCloud) -> None:
    cloud.client("secretsmanager").create_secret(Name="cellar/wine", SecretString="1961")
    cloud.client("logs").create_log_group(logGroupName="cellar")
    cloud.client("logs").create_log_stream(logGroupName="cellar", logStreamName="s")
    place = f"us-east-1:{ACCOUNT}"
    cellar = [f"arn:aws:secretsmanager:{place}:secret:cellar/*", f"arn:aws:logs:{place}:log-group:cellar:*"]
    person = Person(cloud, statement("*"), statement("*", cellar, "Deny"))
    secrets = person.client("secretsmanager")
    denied(lambda: secrets.get_secret_value(SecretId="arn:aws:secretsmanager:::secret:cellar/wine"))
    text = denied(lambda: secrets.batch_get_secret_value(Filters=[{"Key": "name", "Values": ["cellar"]}]))
    assert "secretsmanager:GetSecretValue on resource" in text
    for name in ("arn:x:cellar", f"arn:aws:logs:{place}:log-group:cellar:*"):
        logs = person.client("logs")
        denied(lambda: logs.get_log_events(logGroupIdentifier=name, logStreamName="s"))  # noqa: B023


def test_paths_and_groups_in_iam(cloud: RunningCloud) -> None:
    """A name does not tell the path; who joins a group changes the group."""
    cloud.client("iam").create_role(
        RoleName="chef", Path="/kitchen/", AssumeRolePolicyDocument=document(statement("sts:AssumeRole"))
    )
    cloud.client("iam").create_group(GroupName="owners")
    role = f"arn:aws:iam::{ACCOUNT}:role/kitchen/chef"
    iam = Person(
        cloud, statement("*"), statement("iam:*", f"arn:aws:iam::{ACCOUNT}:role/kitchen/*", "Deny")
    ).client("iam")
    call = lambda: iam.delete_role(RoleName="chef")  # noqa: E731
    assert f"on resource: {role} with an explicit deny" in denied(call, "AccessDenied", 403)
    own = Person(cloud, statement("iam:*", f"arn:aws:iam::{ACCOUNT}:user/*"))
    join = lambda: own.client("iam").add_user_to_group(UserName=own.name, GroupName="owners")  # noqa: E731
    assert f"on resource: arn:aws:iam::{ACCOUNT}:group/owners" in denied(join, "AccessDenied", 403)


def test_a_role_reaches_an_instance_only_if_it_may_be_passed(cloud: RunningCloud) -> None:
    admin = cloud.client("iam")
    admin.create_role(
        RoleName="instance-chef", AssumeRolePolicyDocument=document(statement("sts:AssumeRole"))
    )
    for profile in ("empty", "chef"):
        admin.create_instance_profile(InstanceProfileName=profile)
    admin.add_role_to_instance_profile(InstanceProfileName="chef", RoleName="instance-chef")
    person = Person(cloud, statement("*"), statement("iam:PassRole", effect="Deny"))
    image = cloud.client("ec2").describe_images()["Images"][0]["ImageId"]
    refused = denied(
        lambda: person.client("iam").add_role_to_instance_profile(
            InstanceProfileName="empty", RoleName="instance-chef"
        ),
        "AccessDenied",
        403,
    )
    assert "iam:PassRole" in refused
    run = lambda: person.client("ec2").run_instances(  # noqa: E731
        ImageId=image, MinCount=1, MaxCount=1, IamInstanceProfile={"Name": "chef"}
    )
    denied(run, "UnauthorizedOperation", 403)


def test_launch_templates_and_configurations_pass_their_profile_s_role(cloud: RunningCloud) -> None:
    admin, ec2, scaling = cloud.client("iam"), cloud.client("ec2"), cloud.client("autoscaling")
    role = make_role(cloud, {"Service": "ec2.amazonaws.com"})
    profile = {"IamInstanceProfile": {"Name": "launched"}}
    admin.create_instance_profile(InstanceProfileName="launched")
    admin.add_role_to_instance_profile(InstanceProfileName="launched", RoleName=role.rpartition("/")[2])
    image = ec2.describe_images()["Images"][0]["ImageId"]
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    bare = {"ImageId": image, "InstanceType": "t3.micro"}
    ec2.create_launch_template(LaunchTemplateName="oven", LaunchTemplateData=bare)
    ec2.create_launch_template_version(LaunchTemplateName="oven", LaunchTemplateData=bare | profile)
    scaling.create_launch_configuration(LaunchConfigurationName="oven", **bare, IamInstanceProfile="launched")
    person = Person(cloud, statement("*"), statement("iam:PassRole", role, "Deny"))
    first, latest = (
        {"LaunchTemplateName": "oven", "Version": version} for version in ("$Default", "$Latest")
    )

    def run(template: dict[str, str]) -> None:
        person.client("ec2").run_instances(MinCount=1, MaxCount=1, LaunchTemplate=template)

    def group(**launched: Any) -> None:
        person.client("autoscaling").create_auto_scaling_group(
            AutoScalingGroupName="ovens", MinSize=0, MaxSize=0, VPCZoneIdentifier=subnet, **launched
        )

    denied(lambda: run(latest), "UnauthorizedOperation", 403)
    mixed = {"LaunchTemplate": {"LaunchTemplateSpecification": latest}}
    for launched in (
        {"LaunchTemplate": latest},
        {"MixedInstancesPolicy": mixed},
        {"LaunchConfigurationName": "oven"},
    ):
        text = denied(lambda: group(**launched), "AccessDenied", 403)  # noqa: B023
        assert f"iam:PassRole on resource: {role}" in text
    run(first)
    group(LaunchTemplate=first)


def test_a_schedule_s_target_gets_a_role_that_may_be_passed(cloud: RunningCloud) -> None:
    role = make_role(cloud, {"Service": "scheduler.amazonaws.com"})
    scheduler = Person(cloud, statement("scheduler:*")).client("scheduler")
    schedule = {
        "Name": "nightly",
        "ScheduleExpression": "rate(1 day)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/shop", "RoleArn": role},
    }
    for call in (scheduler.create_schedule, scheduler.update_schedule):
        text = denied(lambda: call(**schedule), status=403)  # noqa: B023
        assert f"iam:PassRole on resource: {role}" in text


def make_table(cloud: RunningCloud, name: str) -> None:
    cloud.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def test_a_deny_on_a_table_holds_among_several(cloud: RunningCloud) -> None:
    for name in ("menu", "salaries"):
        make_table(cloud, name)
    table = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/salaries"
    person = Person(cloud, statement("*"), statement("dynamodb:*", [table, f"{table}/*"], "Deny"))
    dynamodb, key = person.client("dynamodb"), {"id": {"S": "1"}}
    get, put = {"Keys": [key]}, [{"PutRequest": {"Item": key}}]
    for salaries in ("salaries", table):
        names = ("menu", salaries)
        puts = [{"Put": {"TableName": name, "Item": key}} for name in names]
        gets = [{"Get": {"TableName": name, "Key": key}} for name in names]
        for call, given in (
            (dynamodb.batch_get_item, {"RequestItems": dict.fromkeys(names, get)}),
            (dynamodb.batch_write_item, {"RequestItems": dict.fromkeys(names, put)}),
            (dynamodb.transact_write_items, {"TransactItems": puts}),
            (dynamodb.transact_get_items, {"TransactItems": gets}),
        ):
            assert f"on resource: {table} with an explicit deny" in denied(lambda: call(**given))  # noqa: B023
    dynamodb.batch_write_item(RequestItems={"menu": put})


def test_partiql_is_the_administrator_s(cloud: RunningCloud) -> None:
    """The tables of a statement are in its text, on which nobody's policies are judged."""
    make_table(cloud, "loaves")
    dynamodb = Person(cloud, statement("*")).client("dynamodb")
    select = {"Statement": "SELECT * FROM loaves"}
    for call in (
        lambda: dynamodb.execute_statement(**select),
        lambda: dynamodb.batch_execute_statement(Statements=[select]),
        lambda: dynamodb.execute_transaction(TransactStatements=[select]),
    ):
        assert "the local cloud judges no PartiQL" in denied(call)
    assert cloud.client("dynamodb").execute_statement(**select)["Items"] == []


def test_a_stack_reads_parameters_by_its_caller_s_rights(cloud: RunningCloud) -> None:
    """Who may create stacks does not read Parameter Store through them."""
    cloud.client("ssm").put_parameter(Name="/cellar/code", Value="1961", Type="String")
    code = {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cellar/code"}
    resources = {"Group": {"Type": "AWS::Logs::LogGroup"}}
    template = json.dumps({"Parameters": {"Code": code}, "Resources": resources})
    reading = f"ssm:GetParameters on resource: arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/cellar/code"
    role = make_role(cloud, {"Service": "cloudformation.amazonaws.com"}, statement("logs:*"))
    rights = statement(["cloudformation:*", "iam:PassRole"])
    person = Person(cloud, rights)
    cfn = person.client("cloudformation")

    def propose(**more: Any) -> Any:
        return cfn.create_change_set(
            StackName="cellar", ChangeSetName="one", ChangeSetType="CREATE", TemplateBody=template, **more
        )

    for call in (propose, lambda: cfn.create_stack(StackName="cellar", TemplateBody=template)):
        assert reading in denied(call, "ValidationError")
    person.may(rights, statement("ssm:GetParameters", reading.rpartition(" ")[2]))
    assert reading in denied(lambda: propose(RoleARN=role), "ValidationError")
    propose()


def test_a_change_set_by_its_arn_is_judged_on_its_stack(cloud: RunningCloud) -> None:
    admin = cloud.client("cloudformation")
    template = json.dumps({"Resources": {"Group": {"Type": "AWS::Logs::LogGroup"}}})
    made = {
        name: admin.create_change_set(
            StackName=name, ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=template
        )
        for name in ("owned", "others")
    }
    stacks = f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack"
    deny = statement("cloudformation:*", f"{stacks}/others/*", "Deny")
    cfn = Person(cloud, statement("*"), deny).client("cloudformation")
    theirs = made["others"]["Id"]
    for call in (cfn.describe_change_set, cfn.execute_change_set, cfn.delete_change_set):
        text = denied(lambda: call(ChangeSetName=theirs), "AccessDenied", 403)  # noqa: B023
        assert f"on resource: {made['others']['StackId']} with an explicit deny" in text
    own = Person(cloud, statement("cloudformation:*", f"{stacks}/owned/*")).client("cloudformation")
    assert own.describe_change_set(ChangeSetName=made["owned"]["Id"])["StackName"] == "owned"
    denied(lambda: own.describe_change_set(ChangeSetName=f"{theirs}-none"), "AccessDenied", 403)
