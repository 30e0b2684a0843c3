"""Notebook 05: its challenges untouched, wrong and solved; its ground laid twice and taken away twice."""

from __future__ import annotations

from typing import Any

import pytest

from labs.chapters import challenge, chapter
from labs.chapters.eks import auditor, night, orders, payments
from labs.chapters.eks.auditor import VIEW, Entry, Grant
from labs.chapters.eks.ground import NAME, ROLES
from labs.chapters.eks.night import Group
from labs.chapters.eks.orders import Identities
from labs.chapters.eks.payments import Profile
from labs.lab import Lab

pytest_plugins = ["lasting_lab"]

EDIT = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy"


def check(module: Any, found: Any, words: str) -> None:
    """`words` is the one problem, or empty for none."""
    said = list(module.problems(found))
    assert len(said) == bool(words), said
    assert all(words in each for each in said), said


@pytest.mark.parametrize("module", [night, payments, auditor, orders])
def test_nothing_there_is_not_attempted(module: Any) -> None:
    assert not module.attempted(None)


def test_others_associations_are_not_an_attempt() -> None:
    assert not orders.attempted(Identities({"shop/reviews": "eks-reviews"}, agent=True))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Group("ACTIVE", "SPOT", 1, 5, 2), ""),
        (Group("ACTIVE", "SPOT", 1, 5, 3), ""),
        (Group("CREATING", "SPOT", 1, 5, 2), "it is CREATING"),
        (Group("ACTIVE", "ON_DEMAND", 1, 5, 2), "paid at the full price"),
        (Group("ACTIVE", "SPOT", 0, 5, 2), "keeps 0 node(s)"),
        (Group("ACTIVE", "SPOT", 1, 4, 2), "stops growing at 4 nodes"),
        (Group("ACTIVE", "SPOT", 1, 5, 1), "if one zone fails"),
    ],
)
def test_night(found: Group, words: str) -> None:
    check(night, found, words)


@pytest.mark.parametrize(
    ("selectors", "words"),
    [
        ([{"namespace": "payments"}], ""),
        ([{"namespace": "payments", "labels": {"a": "b"}}, {"namespace": "payments"}], ""),
        ([{"namespace": "payments", "labels": {"app": "till"}}], "pods without certain labels escape"),
        ([{"namespace": "payments"}, {"namespace": "accounts"}], "of the namespace accounts"),
        ([{"namespace": "payments*"}], "of the namespace payments-test"),
        ([{"namespace": "*"}], "of the namespace shop"),
    ],
)
def test_payments(selectors: list[dict[str, Any]], words: str) -> None:
    check(payments, Profile("ACTIVE", selectors), words)


def test_payments_elsewhere_and_unready() -> None:
    check(payments, Profile("CREATING", [{"namespace": "payments"}]), "it is CREATING")
    said = list(payments.problems(Profile("ACTIVE", [{"namespace": "shop"}])))
    assert ["no pod" in said[0], "namespace shop" in said[1]] == [True, True]


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Entry([], [Grant(VIEW, ["shop"])]), ""),
        (Entry([], []), "may do nothing"),
        (Entry([], [Grant(VIEW, [])]), "in the whole cluster"),
        (Entry([], [Grant(VIEW, ["shop", "payments"])]), "reads in: shop, payments"),
        (Entry([], [Grant("AmazonEKSEditPolicy", ["shop"])]), "AmazonEKSEditPolicy gives more"),
        (Entry([], [Grant("AmazonEKSAdminViewPolicy", ["shop"])]), "AmazonEKSAdminViewPolicy gives more"),
        (Entry(["bakers"], [Grant(VIEW, ["shop"])]), "other rights: bakers"),
    ],
)
def test_auditor(found: Entry, words: str) -> None:
    check(auditor, found, words)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Identities({"shop/orders": "eks-orders"}, agent=True), ""),
        (Identities({"shop/orders": "eks-orders", "shop/reviews": "eks-reviews"}, agent=True), ""),
        (Identities({"shop/orders": "eks-reviews"}, agent=True), "get the role eks-reviews"),
        (Identities({"shop/orders": "eks-orders"}, agent=False), "nothing hands credentials"),
        (
            Identities({"shop/orders": "eks-orders", "shop/default": "eks-orders"}, agent=True),
            "shop/default gets",
        ),
    ],
)
def test_orders(found: Identities, words: str) -> None:
    check(orders, found, words)


def test_orders_in_another_namespace() -> None:
    found = Identities({"default/orders": "eks-orders"}, agent=True)
    assert orders.attempted(found)
    assert len(list(orders.problems(found))) == 2


@pytest.mark.parametrize("name", [each.name for each in chapter("eks").challenges])
def test_a_challenge_has_all_its_words_and_code_that_runs(name: str) -> None:
    found = challenge(name)
    for lang in ("fr", "en"):
        for key in ("title", "hint_1", "hint_2", "hint_3", "solution"):
            assert found.say(key, lang)
    compile(found.code(), name, "exec")


def left(lab: Lab) -> list[str]:
    """What exists of the notebook's."""
    eks, ec2, iam = (lab.session.client(name) for name in ("eks", "ec2", "iam"))
    ours = [{"Name": "tag:Name", "Values": [NAME]}]
    groups = ec2.describe_security_groups()["SecurityGroups"]
    nodes = ec2.describe_instances()
    return [
        *eks.list_clusters()["clusters"],
        *(each["VpcId"] for each in ec2.describe_vpcs(Filters=ours)["Vpcs"]),
        *(
            each["InternetGatewayId"]
            for each in ec2.describe_internet_gateways(Filters=ours)["InternetGateways"]
        ),
        *(each["GroupName"] for each in groups if each["GroupName"] != "default"),
        *(each["LaunchTemplateName"] for each in ec2.describe_launch_templates()["LaunchTemplates"]),
        *(
            instance["InstanceId"]
            for each in nodes["Reservations"]
            for instance in each["Instances"]
            if instance["State"]["Name"] != "terminated"
        ),
        *(each["RoleName"] for each in iam.list_roles()["Roles"] if each["RoleName"] in ROLES),
    ]


def subnets(lab: Lab, side: str) -> list[str]:
    found = lab.session.client("ec2").describe_subnets(
        Filters=[{"Name": f"tag:kubernetes.io/role/{side}", "Values": ["1"]}]
    )
    return [each["SubnetId"] for each in found["Subnets"]]


def test_from_an_empty_cloud_to_an_empty_cloud(lab: Lab) -> None:
    names = [each.name for each in chapter("eks").challenges]

    def states() -> dict[str, str]:
        return {name: challenge(name).check(lab.session).state for name in names}

    assert set(states().values()) == {"not_attempted"}
    lab.clean_up("eks")  # of what is not there
    for _ in range(2):
        lab.prepare("eks")

    eks, iam = lab.session.client("eks"), lab.session.client("iam")
    arn = {name: iam.get_role(RoleName=name)["Role"]["Arn"] for name in ROLES}
    public, private = subnets(lab, "elb"), subnets(lab, "internal-elb")
    eks.create_cluster(
        name=NAME, roleArn=arn["eks-cluster"], resourcesVpcConfig={"subnetIds": public + private}
    )
    eks.get_waiter("cluster_active").wait(name=NAME, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    eks.update_cluster_config(name=NAME, accessConfig={"authenticationMode": "API_AND_CONFIG_MAP"})
    assert set(states().values()) == {"not_attempted"}

    wrong = {"clusterName": NAME}
    eks.create_nodegroup(**wrong, nodegroupName="eks-night", subnets=public[:1], nodeRole=arn["eks-nodes"])
    eks.create_fargate_profile(
        **wrong,
        fargateProfileName="eks-payments",
        podExecutionRoleArn=arn["eks-fargate"],
        subnets=private,
        selectors=[{"namespace": "pay*"}],
    )
    eks.create_access_entry(**wrong, principalArn=arn["eks-auditor"])
    eks.associate_access_policy(
        **wrong, principalArn=arn["eks-auditor"], policyArn=EDIT, accessScope={"type": "cluster"}
    )
    tied = eks.create_pod_identity_association(
        **wrong, namespace="shop", serviceAccount="orders", roleArn=arn["eks-reviews"]
    )["association"]
    outcomes = {name: challenge(name).check(lab.session) for name in names}
    assert {name: len(outcome.reasons) for name, outcome in outcomes.items()} == {
        "eks-night": 3,
        "eks-payments": 1,
        "eks-auditor": 2,
        "eks-orders": 2,
    }, outcomes

    eks.delete_nodegroup(**wrong, nodegroupName="eks-night")
    eks.delete_fargate_profile(**wrong, fargateProfileName="eks-payments")
    eks.delete_access_entry(**wrong, principalArn=arn["eks-auditor"])
    eks.delete_pod_identity_association(**wrong, associationId=tied["associationId"])
    for _ in range(2):
        for name in names:
            for part in challenge(name).solution:
                part(lab)
    assert set(states().values()) == {"passed"}

    assert len(left(lab)) > len(ROLES)  # the look at what is left sees something when there is something
    for _ in range(2):
        lab.clean_up("eks")
        assert left(lab) == []
    assert set(states().values()) == {"not_attempted"}
