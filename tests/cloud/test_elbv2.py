"""The ELBv2 API of a running cloud: what moto loses or allows, as AWS answers it."""

from __future__ import annotations

import gzip
import http.client
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from cryptography import x509

from tests.cloud.running import RunningCloud, run_cloud, wait_for
from tests.cloud.stack import Stack

_numbers = count(1)


class Shop:
    """One load balancer's API, with names that no other test uses."""

    def __init__(self, cloud: RunningCloud):
        self.cloud = cloud
        # Without botocore's own checks, so that the cloud's are seen.
        self.elb = cloud.client("elbv2", config=Config(parameter_validation=False))
        self.ec2 = cloud.client("ec2")
        self.subnets = sorted(
            self.ec2.describe_subnets()["Subnets"], key=lambda each: each["AvailabilityZone"]
        )
        self.vpc = self.subnets[0]["VpcId"]

    @staticmethod
    def name() -> str:
        return f"shop-{next(_numbers)}"

    def balancer(self, **settings: Any) -> dict[str, Any]:
        subnets = [subnet["SubnetId"] for subnet in self.subnets[:2]]
        made = self.elb.create_load_balancer(**{"Name": self.name(), "Subnets": subnets} | settings)
        return made["LoadBalancers"][0]

    def group(self, **settings: Any) -> str:
        defaults = {
            "Name": self.name(),
            "Protocol": "HTTP",
            "Port": 8080,
            "VpcId": self.vpc,
            "TargetType": "ip",
        }
        return self.elb.create_target_group(**defaults | settings)["TargetGroups"][0]["TargetGroupArn"]

    def listener(self, balancer: str, group: str | None = None, port: int = 80) -> str:
        action = {"Type": "forward", "TargetGroupArn": group} if group else fixed("default")
        made = self.elb.create_listener(
            LoadBalancerArn=balancer, Protocol="HTTP", Port=port, DefaultActions=[action]
        )
        return made["Listeners"][0]["ListenerArn"]

    def rule(self, listener: str, priority: int, action: dict[str, Any], pattern: str = "/x*") -> str:
        condition = {"Field": "path-pattern", "Values": [pattern]}
        made = self.elb.create_rule(
            ListenerArn=listener, Priority=priority, Conditions=[condition], Actions=[action]
        )
        return made["Rules"][0]["RuleArn"]

    def health(self, group: str, **settings: Any) -> list[dict[str, Any]]:
        return self.elb.describe_target_health(TargetGroupArn=group, **settings)["TargetHealthDescriptions"]

    def get(self, balancer: str, path: str = "/", host: str = "shop.example.com") -> tuple[int, str]:
        url = self.cloud.control("GET", "/load-balancers")[balancer]
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
        connection.request("GET", path, headers={"Host": host})
        answer = connection.getresponse()
        try:
            return answer.status, answer.read().decode()
        finally:
            connection.close()


def fixed(body: str) -> dict[str, Any]:
    return {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", "MessageBody": body}}


def refused(code: str, call: Callable[..., Any], **arguments: Any) -> str:
    """The message of the error that the call must give."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    assert caught.value.response["Error"]["Code"] == code, caught.value
    return caught.value.response["Error"]["Message"]


@pytest.fixture(scope="module")
def shop(cloud: RunningCloud) -> Shop:
    return Shop(cloud)


# Load balancers


def test_names_and_dns(shop: Shop) -> None:
    made = shop.balancer(Name="dns-name")
    assert re.fullmatch(r"dns-name-\d{9,10}\.us-east-1\.elb\.amazonaws\.com", made["DNSName"])
    assert made["State"]["Code"] == "provisioning"
    assert made["Scheme"] == "internet-facing"
    inside = shop.balancer(Name="dns-inside", Scheme="internal")
    assert inside["DNSName"].startswith("internal-dns-inside-")
    network = shop.balancer(Name="dns-network", Type="network")
    assert ":loadbalancer/net/dns-network/" in network["LoadBalancerArn"]
    assert re.fullmatch(r"dns-network-[0-9a-f]{16}\.elb\.us-east-1\.amazonaws\.com", network["DNSName"])
    for name in ("x" * 33, "under_score", "-edge", "internal-x"):
        refused("ValidationError", shop.balancer, Name=name)


def test_an_application_load_balancer_needs_two_zones(shop: Shop) -> None:
    message = refused("ValidationError", shop.balancer, Subnets=[shop.subnets[0]["SubnetId"]])
    assert message == "At least two subnets in two different Availability Zones must be specified"


def test_security_groups_are_the_vpcs_default_unless_given(shop: Shop) -> None:
    here = [{"Name": "vpc-id", "Values": [shop.vpc]}, {"Name": "group-name", "Values": ["default"]}]
    [default] = shop.ec2.describe_security_groups(Filters=here)["SecurityGroups"]
    assert shop.balancer()["SecurityGroups"] == [default["GroupId"]]
    refused("InvalidSecurityGroup", shop.balancer, SecurityGroups=["sg-nowhere"])


def test_creation_is_idempotent(shop: Shop) -> None:
    first = shop.balancer(Name="again", Tags=[{"Key": "course", "Value": "yes"}])
    assert shop.balancer(Name="again")["LoadBalancerArn"] == first["LoadBalancerArn"]
    tags = shop.elb.describe_tags(ResourceArns=[first["LoadBalancerArn"]])["TagDescriptions"][0]["Tags"]
    assert tags == [{"Key": "course", "Value": "yes"}]
    refused("DuplicateLoadBalancerName", shop.balancer, Name="again", Scheme="internal")
    group = shop.group(Name="again")
    assert shop.group(Name="again") == group
    refused("DuplicateTargetGroupName", shop.group, Name="again", Port=9090)
    assert len(shop.elb.describe_target_groups(Names=["again"])["TargetGroups"]) == 1
    listener = shop.listener(first["LoadBalancerArn"], group)
    assert shop.listener(first["LoadBalancerArn"], group) == listener
    refused("DuplicateListener", shop.listener, balancer=first["LoadBalancerArn"])


def test_waiters(shop: Shop) -> None:
    arn = shop.balancer()["LoadBalancerArn"]
    quick = {"Delay": 1, "MaxAttempts": 3}
    shop.elb.get_waiter("load_balancer_available").wait(LoadBalancerArns=[arn], WaiterConfig=quick)
    shop.elb.get_waiter("load_balancer_exists").wait(LoadBalancerArns=[arn], WaiterConfig=quick)
    shop.elb.delete_load_balancer(LoadBalancerArn=arn)
    shop.elb.get_waiter("load_balancers_deleted").wait(LoadBalancerArns=[arn], WaiterConfig=quick)
    shop.elb.delete_load_balancer(LoadBalancerArn=arn)  # once more is no error
    other = shop.balancer()["LoadBalancerArn"]
    refused("LoadBalancerNotFound", shop.elb.describe_load_balancers, LoadBalancerArns=[other, arn])
    refused("ValidationError", shop.elb.delete_load_balancer, LoadBalancerArn="arn:aws:s3:::bucket")


def test_load_balancer_attributes(shop: Shop) -> None:
    arn = shop.balancer()["LoadBalancerArn"]

    def attributes() -> dict[str, str]:
        found = shop.elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
        return {each["Key"]: each["Value"] for each in found}

    def change(key: str, value: str) -> Any:
        return shop.elb.modify_load_balancer_attributes(
            LoadBalancerArn=arn, Attributes=[{"Key": key, "Value": value}]
        )

    assert attributes()["idle_timeout.timeout_seconds"] == "60"
    assert attributes()["routing.http.xff_header_processing.mode"] == "append"
    change("idle_timeout.timeout_seconds", "120")
    assert attributes()["idle_timeout.timeout_seconds"] == "120"
    refused("InvalidConfigurationRequest", change, key="idle_timeout.timeout_seconds", value="0")
    refused("InvalidConfigurationRequest", change, key="no.such.key", value="1")
    change("deletion_protection.enabled", "true")
    message = refused("OperationNotPermitted", shop.elb.delete_load_balancer, LoadBalancerArn=arn)
    assert message == f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
    change("deletion_protection.enabled", "false")
    shop.elb.delete_load_balancer(LoadBalancerArn=arn)


# Listeners and rules


def test_a_listener_answers_as_soon_as_it_is_created(shop: Shop) -> None:
    arn = shop.balancer()["LoadBalancerArn"]
    listener = shop.listener(arn)
    assert shop.get(arn) == (200, "default")
    shop.rule(listener, 10, fixed("ten"))
    assert shop.get(arn, "/x1") == (200, "ten")
    five = shop.rule(listener, 5, fixed("five"))
    assert shop.get(arn, "/x1") == (200, "five")
    shop.elb.modify_rule(RuleArn=five, Actions=[fixed("changed")])
    assert shop.get(arn, "/x1") == (200, "changed")
    shop.elb.delete_rule(RuleArn=five)
    assert shop.get(arn, "/x1") == (200, "ten")
    shop.elb.modify_listener(ListenerArn=listener, DefaultActions=[fixed("other")])
    assert shop.get(arn) == (200, "other")
    shop.elb.delete_listener(ListenerArn=listener)
    assert arn not in shop.cloud.control("GET", "/load-balancers")


def test_every_kind_of_condition_and_action_passes_through_the_api(shop: Shop) -> None:
    arn = shop.balancer()["LoadBalancerArn"]
    listener = shop.listener(arn)
    conditions = [
        {"Field": "host-header", "HostHeaderConfig": {"Values": ["*.example.org"]}},
        {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/conf*"]}},
        {
            "Field": "http-header",
            "HttpHeaderConfig": {"HttpHeaderName": "Accept-Encoding", "Values": ["nothing*"]},
        },
        {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["DELETE"]}},
        {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "lang", "Value": "fr"}]}},
        {"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}},
    ]
    for priority, condition in enumerate(conditions, 1):
        shop.elb.create_rule(
            ListenerArn=listener,
            Priority=priority,
            Conditions=[condition],
            Actions=[fixed(condition["Field"])],
        )
    redirect = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    shop.rule(listener, 20, {"Type": "redirect", "RedirectConfig": redirect}, "/secure*")
    assert shop.get(arn, "/conf/a") == (200, "path-pattern")
    assert shop.get(arn, "/?lang=FR") == (200, "query-string")
    assert shop.get(arn, "/", host="www.example.org") == (200, "host-header")
    assert shop.get(arn, "/secure/x")[0] == 301
    assert shop.get(arn) == (200, "default")


def test_weighted_groups_pass_through_the_api(shop: Shop) -> None:
    arn = shop.balancer()["LoadBalancerArn"]
    blue, green = shop.group(), shop.group()
    weights = [{"TargetGroupArn": blue, "Weight": 1}, {"TargetGroupArn": green, "Weight": 3}]
    action = {"Type": "forward", "ForwardConfig": {"TargetGroups": weights}}
    shop.elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=[action])
    assert shop.get(arn)[0] == 503
    for group in (blue, green):
        used = shop.elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]["LoadBalancerArns"]
        assert used == [arn]


def test_rules_are_listed_by_priority_and_can_swap(shop: Shop) -> None:
    arn = shop.balancer()["LoadBalancerArn"]
    listener = shop.listener(arn)
    thirty, ten = shop.rule(listener, 30, fixed("a")), shop.rule(listener, 10, fixed("b"))

    def listed() -> list[tuple[str, str]]:
        rules = shop.elb.describe_rules(ListenerArn=listener)["Rules"]
        return [(rule["RuleArn"], rule["Priority"]) for rule in rules]

    assert listed()[:2] == [(ten, "10"), (thirty, "30")]
    assert listed()[-1][1] == "default"
    assert shop.get(arn, "/x") == (200, "b")
    swapped = [{"RuleArn": thirty, "Priority": 10}, {"RuleArn": ten, "Priority": 30}]
    shop.elb.set_rule_priorities(RulePriorities=swapped)
    assert listed()[:2] == [(thirty, "10"), (ten, "30")]
    assert shop.get(arn, "/x") == (200, "a")


def test_rules_that_cannot_be(shop: Shop) -> None:
    arn = shop.balancer()["LoadBalancerArn"]
    listener = shop.listener(arn)
    rule = shop.rule(listener, 10, fixed("a"))
    default = shop.elb.describe_rules(ListenerArn=listener)["Rules"][-1]["RuleArn"]
    refused("PriorityInUse", shop.rule, listener=listener, priority=10, action=fixed("b"))
    refused("ValidationError", shop.rule, listener=listener, priority=50001, action=fixed("b"))
    refused("ValidationError", shop.rule, listener=listener, priority=1, action=fixed("b"), pattern="x" * 129)
    refused("OperationNotPermitted", shop.elb.delete_rule, RuleArn=default)
    refused("RuleNotFound", shop.elb.delete_rule, RuleArn=rule + "0")
    nowhere = {"Type": "forward", "TargetGroupArn": shop.group() + "0"}
    refused("TargetGroupNotFound", shop.rule, listener=listener, priority=11, action=nowhere)
    regex = [{"Field": "path-pattern", "PathPatternConfig": {"RegexValues": ["^/a$"]}}]
    message = refused(
        "NotImplemented", shop.elb.create_rule,
        ListenerArn=listener, Priority=12, Conditions=regex, Actions=[fixed("b")],
    )  # fmt: skip
    assert "RegexValues" in message
    six = [{"Field": "path-pattern", "PathPatternConfig": {"Values": [f"/{number}" for number in range(6)]}}]
    message = refused(
        "ValidationError", shop.elb.create_rule,
        ListenerArn=listener, Priority=12, Conditions=six, Actions=[fixed("b")],
    )  # fmt: skip
    assert message == "A rule can only have '5' condition values"


def test_listeners_that_cannot_be(shop: Shop) -> None:
    arn = shop.balancer()["LoadBalancerArn"]
    create = shop.elb.create_listener
    refused(
        "ValidationError", create, LoadBalancerArn=arn, Protocol="HTTPS", Port=443, DefaultActions=[fixed("")]
    )
    refused(
        "ValidationError", create, LoadBalancerArn=arn, Protocol="TCP", Port=80, DefaultActions=[fixed("")]
    )
    first, second = shop.listener(arn, port=80), shop.listener(arn, port=81)
    refused("DuplicateListener", shop.elb.modify_listener, ListenerArn=second, Port=80)
    shop.elb.modify_listener(ListenerArn=second, Port=82)
    refused("ListenerNotFound", shop.elb.delete_listener, ListenerArn=first + "0")


def test_a_network_load_balancer_passes_bytes_on(shop: Shop) -> None:
    arn = shop.balancer(Type="network")["LoadBalancerArn"]
    action = {"Type": "forward", "TargetGroupArn": shop.group(Protocol="TCP")}
    create = shop.elb.create_listener
    create(LoadBalancerArn=arn, Protocol="TCP", Port=80, DefaultActions=[action])
    url = shop.cloud.control("GET", "/load-balancers")[arn]
    assert url.startswith("tcp://127.0.0.1:")
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=10) as connection:
        try:
            ended = connection.recv(1)
        except ConnectionResetError:
            ended = b""
        assert ended == b""  # nobody is behind it
    assert "UDP" in refused(
        "NotImplemented", create, LoadBalancerArn=arn, Protocol="UDP", Port=53, DefaultActions=[action]
    )
    message = refused(
        "InvalidLoadBalancerAction",
        create,
        LoadBalancerArn=arn,
        Protocol="TCP",
        Port=81,
        DefaultActions=[fixed("")],
    )
    assert "fixed-response" in message


def test_an_https_listener_shows_the_accounts_certificate(shop: Shop) -> None:
    acm = shop.cloud.client("acm")
    certificate = acm.request_certificate(DomainName="shop.example.com")["CertificateArn"]
    arn = shop.balancer()["LoadBalancerArn"]
    create = shop.elb.create_listener
    refused(
        "CertificateNotFound",
        create,
        LoadBalancerArn=arn,
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": certificate + "0"}],
        DefaultActions=[fixed("safe")],
    )
    secure = create(
        LoadBalancerArn=arn,
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": certificate}],
        DefaultActions=[fixed("safe")],
    )["Listeners"][0]["ListenerArn"]
    refused(
        "NotImplemented",
        create,
        LoadBalancerArn=arn,
        Protocol="HTTPS",
        Port=444,
        Certificates=[{"CertificateArn": certificate}],
        MutualAuthentication={"Mode": "verify"},
        DefaultActions=[fixed("safe")],
    )
    redirect = {
        "Type": "redirect",
        "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"},
    }
    plain = create(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=[redirect])
    urls = shop.cloud.control("GET", "/load-balancers")
    host, _, port = urls[plain["Listeners"][0]["ListenerArn"]].removeprefix("http://").partition(":")
    asked = http.client.HTTPConnection(host, int(port), timeout=10)
    asked.request("GET", "/cart?x=1")
    answer = asked.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"{urls[secure]}/cart?x=1")
    asked.close()
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    address = urls[secure].removeprefix("https://")
    private = http.client.HTTPSConnection(address, timeout=10, context=trusting)
    private.request("GET", "/")
    assert private.getresponse().read() == b"safe"
    shown = x509.load_der_x509_certificate(private.sock.getpeercert(binary_form=True))
    private.close()
    assert shown.subject.rfc4514_string().startswith("CN=shop.example.com,")


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("NotImplemented", {"Type": "authenticate-oidc", "AuthenticateOidcConfig": {}}),
        ("InvalidLoadBalancerAction", {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_302"}}),
        (
            "InvalidLoadBalancerAction",
            {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_302", "Port": "99999"}},
        ),
        (
            "InvalidLoadBalancerAction",
            {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_302", "Path": "cart"}},
        ),
        ("ValidationError", fixed("x" * 1025)),
        ("ValidationError", {"Type": "forward"}),
    ],
)
def test_actions_that_cannot_be(shop: Shop, code: str, action: dict[str, Any]) -> None:
    arn = shop.balancer()["LoadBalancerArn"]
    refused(
        code, shop.elb.create_listener, LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=[action]
    )
    condition = {"Field": "path-pattern", "Values": ["/x"]}
    refused(
        code,
        shop.elb.create_rule,
        ListenerArn=shop.listener(arn),
        Priority=1,
        Conditions=[condition],
        Actions=[action],
    )


def test_what_has_no_data_plane_is_refused(shop: Shop) -> None:
    refused("NotImplemented", shop.balancer, Type="gateway")
    create = shop.elb.create_target_group
    refused("ValidationError", shop.group, ProtocolVersion="HTTP9")
    assert "[instance, ip, lambda, alb]" in refused("ValidationError", shop.group, TargetType="other")
    assert "lambda" in refused("NotImplemented", create, Name=shop.name(), TargetType="lambda")
    for settings in ({"TargetType": "alb"}, {"Protocol": "GENEVE", "Port": 6081}, {"Protocol": "UDP"}):
        refused("NotImplemented", shop.group, **settings)
    # What could not be on AWS either is said first, and nothing is left of what was refused.
    refused("ValidationError", create, Name=shop.name(), TargetType="lambda", Port=80)
    kinds = {each["TargetType"] for each in shop.elb.describe_target_groups()["TargetGroups"]}
    assert "lambda" not in kinds


def test_access_logs_go_to_the_bucket(shop: Shop) -> None:
    arn = shop.balancer()["LoadBalancerArn"]
    shop.listener(arn)
    assert shop.get(arn, "/logged") == (200, "default")
    name = arn.partition("loadbalancer/")[2]
    entries = shop.cloud.control("GET", f"/access-log/{name}")
    assert [line.split(" ")[2] for line in entries[arn]] == [name]
    wanted = [
        {"Key": "access_logs.s3.enabled", "Value": "true"},
        {"Key": "access_logs.s3.bucket", "Value": "logs-of-the-shop"},
        {"Key": "access_logs.s3.prefix", "Value": "front"},
    ]
    change = shop.elb.modify_load_balancer_attributes
    assert "logs-of-the-shop" in refused(
        "InvalidConfigurationRequest", change, LoadBalancerArn=arn, Attributes=wanted
    )
    s3 = shop.cloud.client("s3")
    s3.create_bucket(Bucket="logs-of-the-shop")
    change(LoadBalancerArn=arn, Attributes=wanted)

    def keys() -> list[str]:
        return [each["Key"] for each in s3.list_objects_v2(Bucket="logs-of-the-shop").get("Contents", ())]

    assert "front/AWSLogs/123456789012/ELBAccessLogTestFile" in keys()
    [key] = wait_for(lambda: [key for key in keys() if key.endswith(".log.gz")])
    assert key.startswith("front/AWSLogs/123456789012/elasticloadbalancing/us-east-1/")
    lines = gzip.decompress(s3.get_object(Bucket="logs-of-the-shop", Key=key)["Body"].read()).decode()
    assert '"GET http://shop.example.com:80/logged HTTP/1.1"' in lines


def test_security_groups_decide_who_is_reached(shop: Shop) -> None:
    ec2, here = shop.ec2, [subnet["SubnetId"] for subnet in shop.subnets[:2]]
    groups = {
        name: ec2.create_security_group(GroupName=shop.name(), Description=name, VpcId=shop.vpc)["GroupId"]
        for name in ("front", "tasks")
    }
    interface = ec2.create_network_interface(SubnetId=here[0], Groups=[groups["tasks"]])["NetworkInterface"]
    group = shop.group()
    arn = shop.balancer(SecurityGroups=[groups["front"]])["LoadBalancerArn"]
    shop.listener(arn, group)
    target = {"Id": interface["PrivateIpAddress"], "Port": 8080}
    shop.elb.register_targets(TargetGroupArn=group, Targets=[target])
    assert shop.get(arn)[0] == 504

    def reason() -> str:
        lines = shop.cloud.control("GET", f"/access-log/{arn.partition('loadbalancer/')[2]}")[arn]
        return lines[-1]

    assert f"inbound rules of {groups['tasks']} do not allow port 8080 from {groups['front']}" in reason()
    pair = {"GroupId": groups["front"]}
    permission = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "UserIdGroupPairs": [pair]}
    ec2.authorize_security_group_ingress(GroupId=groups["tasks"], IpPermissions=[permission])
    wait_for(lambda: shop.get(arn)[0] == 504 and "nothing has this address" in reason())


# Target groups


def test_target_group_attributes(shop: Shop) -> None:
    group = shop.group()

    def change(**values: str) -> dict[str, str]:
        pairs = [{"Key": key.replace("__", "."), "Value": value} for key, value in values.items()]
        answer = shop.elb.modify_target_group_attributes(TargetGroupArn=group, Attributes=pairs)
        return {each["Key"]: each["Value"] for each in answer["Attributes"]}

    changed = change(deregistration_delay__timeout_seconds="3600", stickiness__enabled="true")
    assert changed["deregistration_delay.timeout_seconds"] == "3600"
    assert changed["stickiness.lb_cookie.duration_seconds"] == "86400"
    assert changed["load_balancing.algorithm.type"] == "round_robin"
    refused("ValidationError", change, deregistration_delay__timeout_seconds="3601")
    assert refused("ValidationError", change, no__such__key="1").endswith("is not recognized")


def test_health_check_settings(shop: Shop) -> None:
    group = shop.group(Matcher={"HttpCode": "200-299"}, HealthCheckPath="/healthz")
    shop.elb.modify_target_group(
        TargetGroupArn=group, Matcher={"HttpCode": "200,404"}, HealthCheckIntervalSeconds=10,
        HealthyThresholdCount=3, HealthCheckPath="/readyz",
    )  # fmt: skip
    (found,) = shop.elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"]
    assert found["Matcher"] == {"HttpCode": "200,404"}
    assert (found["HealthCheckIntervalSeconds"], found["HealthyThresholdCount"]) == (10, 3)
    assert found["HealthCheckPath"] == "/readyz"
    modify = shop.elb.modify_target_group
    refused("ValidationError", modify, TargetGroupArn=group, HealthCheckIntervalSeconds=4)
    refused("ValidationError", modify, TargetGroupArn=group, HealthCheckTimeoutSeconds=10)
    refused("ValidationError", shop.group, HealthCheckTimeoutSeconds=1)
    refused("ValidationError", shop.group, HealthCheckIntervalSeconds=5)  # the default timeout is 5 s too
    refused("ValidationError", shop.group, UnhealthyThresholdCount=11)


def test_a_target_group_in_use_cannot_be_deleted_and_belongs_to_one_load_balancer(shop: Shop) -> None:
    first, second = shop.balancer()["LoadBalancerArn"], shop.balancer()["LoadBalancerArn"]
    group = shop.group()
    listener = shop.listener(first, group)
    refused("ResourceInUse", shop.elb.delete_target_group, TargetGroupArn=group)
    refused("TargetGroupAssociationLimit", shop.listener, balancer=second, group=group)
    shop.elb.delete_listener(ListenerArn=listener)
    shop.listener(second, group)
    shop.elb.delete_load_balancer(LoadBalancerArn=second)
    shop.elb.delete_target_group(TargetGroupArn=group)
    refused("TargetGroupNotFound", shop.elb.describe_target_health, TargetGroupArn=group)


# Targets


def test_addresses_are_validated(shop: Shop) -> None:
    group = shop.group()

    def register(address: str, **more: str) -> None:
        shop.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": address} | more])

    inside = "172.31.0.99"
    assert refused("ValidationError", register, address="10.9.9.9") == (
        "The Availability Zone is required for IP address '10.9.9.9' because it is not in the VPC"
    )
    register("10.9.9.9", AvailabilityZone="all")
    refused("ValidationError", register, address=inside, AvailabilityZone="all")
    refused("ValidationError", register, address="8.8.8.8", AvailabilityZone="all")
    refused("ValidationError", register, address="i-0123456789abcdef0")
    instances = shop.group(TargetType="instance")
    refused(
        "InvalidTarget",
        shop.elb.register_targets,
        TargetGroupArn=instances,
        Targets=[{"Id": "i-0123456789abcdef0"}],
    )


def test_targets_are_known_by_address_and_port(shop: Shop) -> None:
    group = shop.group()
    targets = [{"Id": "172.31.0.9", "Port": port} for port in (8080, 9090)]
    shop.elb.register_targets(TargetGroupArn=group, Targets=targets)
    assert [each["Target"] for each in shop.health(group)] == targets
    shop.elb.deregister_targets(TargetGroupArn=group, Targets=targets[1:])
    assert [each["Target"] for each in shop.health(group)] == targets[:1]
    shop.elb.deregister_targets(TargetGroupArn=group, Targets=targets)  # one of them is unknown: no error
    assert shop.health(group) == []


def test_states_of_targets_without_a_program(shop: Shop) -> None:
    group = shop.group(HealthCheckIntervalSeconds=5, HealthCheckTimeoutSeconds=2)
    target = {"Id": "172.31.0.9", "Port": 8080}
    assert shop.health(group, Targets=[target])[0]["TargetHealth"] == {
        "State": "unused",
        "Reason": "Target.NotRegistered",
        "Description": "Target is not registered to the target group",
    }
    shop.elb.register_targets(TargetGroupArn=group, Targets=[target])
    (described,) = shop.health(group)
    assert described["TargetHealth"]["Reason"] == "Target.NotInUse"
    arn = shop.balancer()["LoadBalancerArn"]
    shop.listener(arn, group)
    (described,) = shop.health(group)
    assert described["TargetHealth"]["State"] == "initial"
    assert described["HealthCheckPort"] == "8080"
    assert shop.get(arn)[0] == 504
    shop.elb.deregister_targets(TargetGroupArn=group, Targets=[target])
    (described,) = shop.health(group)
    assert described["TargetHealth"] == {
        "State": "draining",
        "Reason": "Target.DeregistrationInProgress",
        "Description": "Target deregistration is in progress",
    }
    assert shop.get(arn)[0] == 503


@pytest.fixture
def own_cloud(tmp_path: Path) -> Iterator[RunningCloud]:
    """A cloud of this test's own, stopped even when the test fails."""
    yield from run_cloud(tmp_path)


def test_a_reset_cloud_has_no_listeners(own_cloud: RunningCloud) -> None:
    shop = Shop(own_cloud)
    arn = shop.balancer()["LoadBalancerArn"]
    shop.listener(arn)
    port = int(own_cloud.control("GET", "/load-balancers")[arn].rpartition(":")[2])
    own_cloud.control("POST", "/reset")
    assert own_cloud.control("GET", "/load-balancers") == {}

    def refuses() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except ConnectionRefusedError:
            return True
        return False

    wait_for(refuses)


def test_tasks_of_a_service_answer_through_the_load_balancer(cloud: RunningCloud) -> None:
    stack = Stack(cloud)
    balancer, group = stack.balancer()
    stack.serve(count=2, loadBalancers=stack.behind(group))
    shop = Shop(cloud)
    wait_for(lambda: [each["TargetHealth"]["State"] for each in shop.health(group)] == ["healthy"] * 2)
    assert shop.get(balancer) == (200, "hello")
    events = [event["kind"] for event in cloud.control("GET", "/timeline")["events"]]
    assert events.count("target-healthy") >= 2
