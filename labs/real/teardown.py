"""`course lab`: take away everything that a run made, and confirm with AWS that nothing is left.

What to delete and in which order is a pure plan over a survey of what exists. The deletes go through the
run's own guarded session, so each is checked against ledger and tag once more before it is sent. Every
step may be repeated and interrupted: a second teardown surveys again and does what remains.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from labs.real.teardown_texts import say

if TYPE_CHECKING:
    from rich.console import Console

    from labs.real.ledger import Ledger, Resource, Run
    from labs.real.resources import Aws
    from labs.session import CourseSession

PATIENCE = 20 * 60.0  # seconds of waiting in one teardown: AWS frees network interfaces in its own time
LONGEST_PAUSE = 15.0  # seconds between two looks

# What AWS answers while something else must go first, or is still going.
NOT_YET = frozenset(
    {
        "DependencyViolation",
        "DeleteConflict",
        "ResourceInUse",
        "ResourceInUseException",
        "UpdateInProgressException",
        "ClusterContainsServicesException",
        "ClusterContainsTasksException",
        "ClusterContainsContainerInstancesException",
        "Client.InUse",
        "ConcurrentModification",
        "OperationAbortedException",
        # Too many calls, even for botocore's own repeats
        "Throttling",
        "ThrottlingException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
    }
)
NOT_YET_IN_WORDS = "while deployments are active"
"""What ECS says of a service that is still being deployed, under a code that means many things."""


# Survey: what is there


@dataclass(frozen=True)
class Survey:
    """What AWS says of a run's resources."""

    mine: frozenset[Resource] = frozenset()
    """Exist, and ledger and tag agree."""
    only_tagged: frozenset[Resource] = frozenset()
    """Carry the run's tag, but the ledger does not know them."""
    only_written: frozenset[Resource] = frozenset()
    """Exist under a name that the ledger knows and has not seen deleted, without the run's tag."""
    gone: frozenset[Resource] = frozenset()
    """Made by the run, and not there any more."""
    unseen: tuple[str, ...] = ()
    """Kinds that these credentials may not list; the run is not known to have made any."""

    @property
    def empty(self) -> bool:
        """Whether nothing of the run is left."""
        return not (self.mine or self.only_tagged or self.only_written)


def survey(aws: Aws, ledger: Ledger) -> Survey:
    """Ask each service what exists: everything the ledger knows, by name; everything else, by tag."""
    from botocore.exceptions import ClientError

    from labs.real.ledger import RUN_TAG, Resource
    from labs.real.resources import KINDS

    record, run = ledger.record, ledger.run
    mine, only_tagged, only_written, gone, unseen = set(), set(), set(), set(), []
    for name, kind in KINDS.items():
        found: dict[str, dict[str, str]] = {}
        known = {resource.id for resource in record.made if resource.kind == name}
        for id_ in known:
            tags = kind.tags(aws, id_)
            if tags is None:
                gone.add(Resource(name, id_))
            else:
                found[id_] = dict(tags)
        try:
            found |= {id_: dict(tags) for id_, tags in kind.each(aws) if tags.get(RUN_TAG) == run.id}
        except ClientError as error:
            if "AccessDenied" not in error.response["Error"]["Code"] or known:
                raise
            unseen.append(name)
        for id_, tags in found.items():
            resource = Resource(name, id_)
            if record.agrees(resource, tags):
                mine.add(resource)
            elif tags.get(RUN_TAG) == run.id:
                only_tagged.add(resource)
            elif resource not in record.deleted:  # a deleted name may be another's by now
                only_written.add(resource)
    return Survey(
        frozenset(mine),
        frozenset(only_tagged),
        frozenset(only_written),
        frozenset(gone - mine),
        tuple(unseen),
    )


def adopt(aws: Aws, ledger: Ledger) -> list[Resource]:
    """Write into the ledger what carries its run's tags: for a ledger that was lost. Gives what was written."""
    from labs.real.ledger import INTENT_TAG, RUN_TAG, Resource
    from labs.real.resources import KINDS

    adopted = []
    for name, kind in KINDS.items():
        for id_, tags in kind.each(aws):
            resource, intent = Resource(name, id_), tags.get(INTENT_TAG)
            if tags.get(RUN_TAG) == ledger.run.id and intent and not ledger.record.agrees(resource, tags):
                known = ledger.record.intents.get(intent)
                if known is None:
                    ledger.intend(intent, "adopted", name, id_)
                elif known.kind != name:  # a tag copied from something else
                    continue
                ledger.made(intent, [id_])
                adopted.append(resource)
    return adopted


# Plan: what to do, in which order


@dataclass(frozen=True)
class Action:
    """One thing to do to every resource of a kind; without `do`, wait until the resource is gone."""

    kind: str
    verb: str
    do: Callable[[Aws, str], None] | None = None


@dataclass(frozen=True)
class Step:
    """One action on one resource."""

    action: Action
    resource: Resource

    def __str__(self) -> str:
        return say(self.action.verb, resource=self.resource)


def plan(resources: Iterable[Resource]) -> list[Step]:
    """The steps that remove these resources, each after all that must go before it."""
    ordered = sorted(resources)
    return [
        Step(action, resource) for action in ACTIONS for resource in ordered if resource.kind == action.kind
    ]


def _split(id_: str) -> tuple[str, str]:
    parent, _, name = id_.rpartition("/")
    return parent, name


def _stop_scaling(aws: Aws, id_: str) -> None:
    scaling = aws("application-autoscaling")
    targets = scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[f"service/{id_}"])
    policies = scaling.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=f"service/{id_}")
    for policy in policies["ScalingPolicies"]:  # the alarms that AWS made for it go with it
        scaling.delete_scaling_policy(
            PolicyName=policy["PolicyName"],
            ServiceNamespace="ecs",
            ResourceId=policy["ResourceId"],
            ScalableDimension=policy["ScalableDimension"],
        )
    for target in targets["ScalableTargets"]:
        scaling.deregister_scalable_target(
            ServiceNamespace="ecs",
            ResourceId=target["ResourceId"],
            ScalableDimension=target["ScalableDimension"],
        )


def _scale_to_zero(aws: Aws, id_: str) -> None:
    cluster, service = _split(id_)
    with suppress(aws("ecs").exceptions.ServiceNotActiveException):  # deleted already, and draining
        aws("ecs").update_service(cluster=cluster, service=service, desiredCount=0)


def _delete_service(aws: Aws, id_: str) -> None:
    cluster, service = _split(id_)
    with suppress(aws("ecs").exceptions.ServiceNotActiveException):
        aws("ecs").delete_service(cluster=cluster, service=service, force=True)


def _stop_scheduled(aws: Aws, id_: str) -> None:
    """Stop what rules started in a cluster: these tasks carry no tags, and hold the cluster."""
    from labs.real.resources import STARTED_BY_RULE

    ecs = aws("ecs")
    for page in ecs.get_paginator("list_tasks").paginate(cluster=id_):
        found = ecs.describe_tasks(cluster=id_, tasks=page["taskArns"])["tasks"] if page["taskArns"] else []
        for task in found:
            if task.get("startedBy", "").startswith(STARTED_BY_RULE):
                ecs.stop_task(cluster=id_, task=task["taskArn"], reason="course lab teardown")


def _delete_rule(aws: Aws, id_: str) -> None:
    events = aws("events")
    targets = [target["Id"] for target in events.list_targets_by_rule(Rule=id_)["Targets"]]
    if targets:
        events.remove_targets(Rule=id_, Ids=targets)
    events.delete_rule(Name=id_)


def _stop_task(aws: Aws, id_: str) -> None:
    cluster, task = _split(id_)
    aws("ecs").stop_task(cluster=cluster, task=task, reason="course lab teardown")


def _delete_task_definition(aws: Aws, id_: str) -> None:
    described = aws("ecs").describe_task_definition(taskDefinition=id_)["taskDefinition"]
    if described["status"] == "ACTIVE":
        aws("ecs").deregister_task_definition(taskDefinition=id_)
    aws("ecs").delete_task_definitions(taskDefinitions=[id_])


def _revoke_rules(aws: Aws, id_: str) -> None:
    """Groups that name each other cannot be deleted; groups without rules can."""
    group = aws("ec2").describe_security_groups(GroupIds=[id_])["SecurityGroups"][0]
    if group["IpPermissions"]:
        aws("ec2").revoke_security_group_ingress(GroupId=id_, IpPermissions=group["IpPermissions"])
    if group["IpPermissionsEgress"]:
        aws("ec2").revoke_security_group_egress(GroupId=id_, IpPermissions=group["IpPermissionsEgress"])


def _delete_gateway(aws: Aws, id_: str) -> None:
    gateway = aws("ec2").describe_internet_gateways(InternetGatewayIds=[id_])["InternetGateways"][0]
    for attachment in gateway["Attachments"]:
        aws("ec2").detach_internet_gateway(InternetGatewayId=id_, VpcId=attachment["VpcId"])
    aws("ec2").delete_internet_gateway(InternetGatewayId=id_)


def _delete_route_table(aws: Aws, id_: str) -> None:
    table = aws("ec2").describe_route_tables(RouteTableIds=[id_])["RouteTables"][0]
    for association in table["Associations"]:
        aws("ec2").disassociate_route_table(AssociationId=association["RouteTableAssociationId"])
    aws("ec2").delete_route_table(RouteTableId=id_)


def _delete_role(aws: Aws, id_: str) -> None:
    iam = aws("iam")
    for policy in iam.list_attached_role_policies(RoleName=id_)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=id_, PolicyArn=policy["PolicyArn"])
    for name in iam.list_role_policies(RoleName=id_)["PolicyNames"]:
        iam.delete_role_policy(RoleName=id_, PolicyName=name)
    iam.delete_role(RoleName=id_)


def _delete_nodegroup(aws: Aws, id_: str) -> None:
    cluster, name = _split(id_)
    aws("eks").delete_nodegroup(clusterName=cluster, nodegroupName=name)


def _delete_fargate_profile(aws: Aws, id_: str) -> None:
    cluster, name = _split(id_)
    aws("eks").delete_fargate_profile(clusterName=cluster, fargateProfileName=name)


# Listeners and rules need no action: they go with their load balancer. A VPC takes its default security group,
# main route table and default network ACL with it.
ACTIONS: tuple[Action, ...] = (
    Action("eks:nodegroup", "delete", _delete_nodegroup),
    Action("eks:fargate-profile", "delete", _delete_fargate_profile),
    Action("eks:nodegroup", "wait"),
    Action("eks:fargate-profile", "wait"),
    Action("eks:cluster", "delete", lambda aws, id_: aws("eks").delete_cluster(name=id_)),
    Action("events:rule", "delete", _delete_rule),
    Action("ecs:service", "stop scaling", _stop_scaling),
    Action("cloudwatch:alarm", "delete", lambda aws, id_: aws("cloudwatch").delete_alarms(AlarmNames=[id_])),
    Action("sns:topic", "delete", lambda aws, id_: aws("sns").delete_topic(TopicArn=id_)),
    Action("ecs:service", "scale to zero", _scale_to_zero),
    Action("ecs:service", "delete", _delete_service),
    Action("ecs:task", "stop", _stop_task),
    Action("ecs:cluster", "stop scheduled tasks", _stop_scheduled),
    Action("ecs:service", "wait"),
    Action("ecs:task", "wait"),
    Action("ecs:task-definition", "delete", _delete_task_definition),
    Action(
        "elbv2:load-balancer",
        "delete",
        lambda aws, id_: aws("elbv2").delete_load_balancer(LoadBalancerArn=id_),
    ),
    Action("elbv2:load-balancer", "wait"),
    Action(
        "elbv2:target-group", "delete", lambda aws, id_: aws("elbv2").delete_target_group(TargetGroupArn=id_)
    ),
    Action("ecs:cluster", "delete", lambda aws, id_: aws("ecs").delete_cluster(cluster=id_)),
    Action("eks:cluster", "wait"),
    Action("ec2:internet-gateway", "delete", _delete_gateway),
    Action("ec2:security-group", "revoke rules", _revoke_rules),
    Action("ec2:security-group", "delete", lambda aws, id_: aws("ec2").delete_security_group(GroupId=id_)),
    Action("ec2:subnet", "delete", lambda aws, id_: aws("ec2").delete_subnet(SubnetId=id_)),
    Action("ec2:route-table", "delete", _delete_route_table),
    Action("ec2:vpc", "delete", lambda aws, id_: aws("ec2").delete_vpc(VpcId=id_)),
    Action(
        "ecr:repository",
        "delete",
        lambda aws, id_: aws("ecr").delete_repository(repositoryName=id_, force=True),
    ),
    Action(
        "secretsmanager:secret",
        "delete",
        lambda aws, id_: aws("secretsmanager").delete_secret(SecretId=id_, ForceDeleteWithoutRecovery=True),
    ),
    Action("ssm:parameter", "delete", lambda aws, id_: aws("ssm").delete_parameters(Names=[id_])),
    Action(
        "logs:resource-policy",
        "delete",
        lambda aws, id_: aws("logs").delete_resource_policy(policyName=id_),
    ),
    Action("logs:log-group", "delete", lambda aws, id_: aws("logs").delete_log_group(logGroupName=id_)),
    Action("dynamodb:table", "delete", lambda aws, id_: aws("dynamodb").delete_table(TableName=id_)),
    Action("dynamodb:table", "wait"),
    Action("iam:role", "delete", _delete_role),
)


# Effects


class Patience:
    """How long a teardown may wait in all; `sleep` is injected by tests."""

    def __init__(self, seconds: float = PATIENCE, sleep: Callable[[float], None] = time.sleep):
        self.left = seconds
        self._sleep = sleep

    def pauses(self) -> Iterator[None]:
        """Pause between looks, ever longer, until patience ends."""
        pause = 1.0
        while self.left > 0:
            self._sleep(min(pause, self.left))
            self.left -= pause
            yield
            pause = min(pause * 1.5, LONGEST_PAUSE)


def carry_out(step: Step, aws: Aws, patience: Patience) -> str | None:
    """Do one step, again and again while AWS is not ready. Gives why it could not be done, or None."""
    from botocore.exceptions import BotoCoreError, ClientError

    from labs.real.guard import Refused
    from labs.real.resources import KINDS, is_gone

    kind, id_ = KINDS[step.resource.kind], step.resource.id
    problem = say("still there")
    for _ in _now_and(patience.pauses()):
        try:
            if step.action.do is not None:
                step.action.do(aws, id_)
                return None
            if kind.tags(aws, id_) is None:
                return None
        except ClientError as error:
            if is_gone(error):
                return None
            problem = str(error)
            if error.response["Error"]["Code"] not in NOT_YET and NOT_YET_IN_WORDS not in problem:
                return problem
        except (BotoCoreError, Refused) as error:  # no answer, or no longer the run's: the other steps go on
            return str(error)
    return problem


def _now_and(later: Iterator[None]) -> Iterator[None]:
    yield None
    yield from later


# The commands

app = typer.Typer(name="lab", help=say("help"), no_args_is_help=True)

RunOption = Annotated[str | None, typer.Option("--run", help=say("run option"))]
ProfileOption = Annotated[str | None, typer.Option("--profile", help=say("profile option"))]


def _console() -> Console:
    from rich.console import Console

    # Names and AWS's answers may hold square brackets, which rich would take for its own markup.
    return Console(highlight=False, soft_wrap=True, markup=False)


@contextmanager
def _looking(console: Console) -> Iterator[None]:
    """Show that AWS is being asked; where it does not answer, say so and end instead of a traceback."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        with console.status(say("looking")):
            yield
    except (BotoCoreError, ClientError) as error:
        console.print(say("no answer", error=error))
        raise typer.Exit(2) from None


def _all_ledgers() -> list[Ledger]:
    """Those of real accounts, and that of the local cloud while it runs."""
    from labs.cloud import client
    from labs.real.ledger import folder, ledgers

    local: list[Ledger] = []
    with suppress(client.CloudError):
        endpoint = client.environment()["AWS_ENDPOINT_URL"]
        local = [led for led in ledgers(client.cloud_home() / "ledger") if led.run.endpoint == endpoint]
    return [*ledgers(folder()), *local]


def _choose(name: str | None) -> Ledger:
    """The ledger of the run with that name (or its only one beginning so); the only open run when None."""
    found = _all_ledgers()
    if name is None:
        chosen = [ledger for ledger in found if not ledger.record.closed] or found[-1:]
    else:
        chosen = [ledger for ledger in found if ledger.run.id == name] or [
            ledger for ledger in found if ledger.run.id.startswith(name)
        ]
    if len(chosen) == 1:
        return chosen[0]
    console = _console()
    if not chosen:
        console.print(say("no run") if name is None else say("no such run", run=name))
        raise typer.Exit(0 if name is None else 2)
    console.print(say("which run"))
    for ledger in chosen:
        console.print(f"  {_place(ledger.run)}")
    raise typer.Exit(2)


def _place(run: Run) -> str:
    return say("place", run=run.id, world=say(run.world), account=run.account, region=run.region)


def _open(run: Run, profile: str | None) -> CourseSession:
    from labs.session import ConnectError, reconnect

    try:
        return reconnect(run, profile)
    except ConnectError as error:
        _console().print(str(error))
        raise typer.Exit(2) from None


def _open_lost(
    account: str | None, region: str | None, run: str | None, profile: str | None
) -> CourseSession:
    """A session for a run whose ledger is lost: with a ledger made anew from tags."""
    from labs.real.ledger import Run
    from labs.session import REAL

    if not (account and region and run):
        _console().print(say("lost"))
        raise typer.Exit(2)
    return _open(Run(run, REAL, account, region), profile)


@app.command("list", help=say("list help"))
def list_runs() -> None:
    """Print every run that this machine knows."""
    from rich.table import Table

    table = Table()
    for name in ("run", "world", "account", "region", "made", "state"):
        table.add_column(say(f"column {name}"), no_wrap=name == "run")
    for ledger in _all_ledgers():
        record, run = ledger.record, ledger.run
        state = say("clean") if record.closed else say("open")
        table.add_row(run.id, say(run.world), run.account, run.region, str(len(record.made)), state)
    _console().print(table)


@app.command(help=say("teardown help"))
def teardown(
    run: RunOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("dry run option"))] = False,
    yes: Annotated[bool, typer.Option("--yes", help=say("yes option"))] = False,
    by_tag: Annotated[bool, typer.Option("--by-tag", help=say("by tag option"))] = False,
    account: Annotated[str | None, typer.Option("--account", help=say("account option"))] = None,
    region: Annotated[str | None, typer.Option("--region", help=say("region option"))] = None,
    profile: ProfileOption = None,
) -> None:
    """Delete what a run made, after showing it and asking."""
    console = _console()
    session = _open_lost(account, region, run, profile) if account else _open(_choose(run).run, profile)
    aws, ledger = session.aws, session.guard.ledger
    console.print(_place(ledger.run))
    with _looking(console):
        if by_tag:
            adopt(aws, ledger)
        there = survey(aws, ledger)
    steps = plan(there.mine)
    _left_alone(there, console)
    if not steps:
        console.print(say("nothing to delete"))
    for step in steps:
        if dry_run or step.action.do is not None:
            console.print(f"  {step}")
    if dry_run:
        raise typer.Exit
    if steps and not yes:
        typed = typer.prompt(say("confirm", account=ledger.run.account), default="", show_default=False)
        if typed.strip() != ledger.run.account:
            console.print(say("not confirmed"))
            raise typer.Exit(1)
    from rich.text import Text

    patience, failed = Patience(), set()
    for number, step in enumerate(steps, 1):
        if step.action.do is None and step.resource in failed:
            continue  # it is not going
        with console.status(Text(str(step))):
            problem = carry_out(step, aws, patience)
        if problem:
            failed.add(step.resource)
        mark = Text("✗", "red") if problem else Text("✓", "green")
        console.print(mark, f"{number}/{len(steps)} {step}" + (f": {problem}" if problem else ""))
    raise typer.Exit(_verify(session, console))


@app.command("verify-empty", help=say("verify help"))
def verify_empty(run: RunOption = None, profile: ProfileOption = None) -> None:
    """Ask every service whether anything of a run is left; exit code 1 if so."""
    console = _console()
    session = _open(_choose(run).run, profile)
    console.print(_place(session.guard.run))
    raise typer.Exit(_verify(session, console))


def _verify(session: CourseSession, console: Console) -> int:
    from rich.table import Table

    from labs.real.resources import KINDS

    with _looking(console):
        there = survey(session.aws, session.guard.ledger)
    left = there.mine | there.only_tagged | there.only_written
    table = Table(say("column kind"), say("column gone"), say("column left"), title=say("report"))
    for kind in KINDS:
        counts = [sum(resource.kind == kind for resource in group) for group in (there.gone, left)]
        if any(counts) or kind in there.unseen:
            table.add_row(kind, str(counts[0]), "?" if kind in there.unseen else str(counts[1]))
    console.print(table)
    for resource in sorted(there.mine):
        console.print(f"  {resource}")
    _left_alone(there, console)
    if there.unseen:
        console.print(say("unseen", kinds=", ".join(there.unseen)))
    if not there.empty:
        console.print(say("left", count=len(left)))
        return 1
    if not session.guard.ledger.record.closed:
        session.guard.ledger.close()
    console.print(say("empty"))
    if session.world == "real":
        console.print(say("service roles"))
    return 0


def _left_alone(there: Survey, console: Console) -> None:
    for heading, resources in (("only tagged", there.only_tagged), ("only written", there.only_written)):
        if resources:
            console.print(say(heading))
            for resource in sorted(resources):
                console.print(f"  {resource}")
