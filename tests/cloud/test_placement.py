"""Placement in EC2 capacity and the cluster query language: pure, so examples and properties."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.cloud.controllers.capacity import split
from labs.cloud.controllers.cluster_query import InvalidExpression, Subject, parse
from labs.cloud.controllers.daemons import daemon_plan
from labs.cloud.controllers.placement import (
    Demand,
    Instance,
    InvalidPlacement,
    check_constraints,
    check_strategy,
    explain,
    first_to_stop,
    place,
    stop_order,
)
from labs.cloud.controllers.scheduler import DeploymentFacts, Health, ServiceFacts, TaskFacts

GROUP = "service:web"
SPREAD_INSTANCES = ({"type": "spread", "field": "instanceId"},)
SPREAD_ZONES = ({"type": "spread", "field": "attribute:ecs.availability-zone"},)
BINPACK = ({"type": "binpack", "field": "memory"},)


def instance(name: str, zone: str = "us-east-1a", **changes: Any) -> Instance:
    subject = Subject(attributes={"ecs.availability-zone": zone, "ecs.instance-type": "t3.medium"})
    settings: dict[str, Any] = {"cpu": 2048, "memory": 3884, "subject": subject} | changes
    return Instance(f"arn:cluster/{name}", **settings)


def taken(target: Instance, demand: Demand, group: str = GROUP) -> Instance:
    """The instance with one more task on it."""
    return replace(
        target,
        cpu=target.cpu - demand.cpu,
        memory=target.memory - demand.memory,
        interfaces=target.interfaces - demand.interfaces,
        ports=target.ports | demand.ports,
        groups=(*target.groups, group),
        subject=replace(target.subject, groups=(*target.subject.groups, group)),
    )


def place_all(
    demands: list[Demand], instances: list[Instance], strategy: Any = (), constraints: Any = (), seed: int = 1
) -> tuple[list[Instance], list[str]]:
    """The instances after all tasks are placed, and where each of them went ("" when nowhere)."""
    rng, now, went = random.Random(seed), {each.id: each for each in instances}, []
    for demand in demands:
        chosen = place(demand, list(now.values()), GROUP, constraints, strategy, rng)
        if isinstance(chosen, list):
            went.append("")
        else:
            now[chosen.id] = taken(chosen, demand)
            went.append(chosen.id)
    return list(now.values()), went


demands = st.lists(
    st.builds(
        Demand,
        cpu=st.integers(0, 2048),
        memory=st.integers(1, 4096),
        ports=st.frozensets(st.tuples(st.just("tcp"), st.integers(80, 82)), max_size=1),
        interfaces=st.integers(0, 1),
    ),
    max_size=12,
)
fleets = st.lists(
    st.builds(
        lambda number, zone, cpu, memory, interfaces: instance(
            f"i{number}", zone, cpu=cpu, memory=memory, interfaces=interfaces
        ),
        st.integers(0, 99),
        st.sampled_from(["a", "b", "c"]),
        st.integers(0, 4096),
        st.integers(0, 8192),
        st.integers(0, 3),
    ),
    max_size=6,
    unique_by=lambda each: each.id,
)
steps = st.lists(
    st.sampled_from([{"type": "random"}, *SPREAD_ZONES, *SPREAD_INSTANCES, *BINPACK]),
    max_size=3,
)


@given(demands, fleets, steps, st.integers())
def test_no_instance_is_ever_overfull(
    asked: list[Demand], fleet: list[Instance], strategy: Any, seed: int
) -> None:
    after, went = place_all(asked, fleet, strategy, seed=seed)
    assert all(each.cpu >= 0 and each.memory >= 0 and each.interfaces >= 0 for each in after)
    ports = Counter(
        (where, port) for where, demand in zip(went, asked, strict=True) if where for port in demand.ports
    )
    assert not ports or max(ports.values()) == 1


@given(demands, fleets, steps, st.integers())
def test_a_task_is_refused_only_when_it_fits_nowhere(
    asked: list[Demand], fleet: list[Instance], strategy: Any, seed: int
) -> None:
    for demand in asked:
        chosen = place(demand, fleet, GROUP, (), strategy, random.Random(seed))
        fits = [
            each
            for each in fleet
            if each.cpu >= demand.cpu
            and each.memory >= demand.memory
            and each.interfaces >= demand.interfaces
        ]
        if isinstance(chosen, list):
            assert not fits
            assert {refusal.instance for refusal in chosen} == {each.id for each in fleet}
        else:
            assert chosen in fits


@given(st.integers(1, 20), st.integers(1, 5), st.integers())
def test_spread_keeps_instances_within_one_task_of_each_other(tasks: int, count: int, seed: int) -> None:
    fleet = [instance(f"i{number}") for number in range(count)]
    after, _ = place_all([Demand(memory=1)] * tasks, fleet, SPREAD_INSTANCES, seed=seed)
    counts = [len(each.groups) for each in after]
    assert max(counts) - min(counts) <= 1
    assert sum(counts) == tasks


@given(st.integers(1, 12), st.integers())
def test_binpack_opens_another_instance_only_when_the_last_is_full(tasks: int, seed: int) -> None:
    fleet = [instance(f"i{number}", memory=400) for number in range(3)]
    after, _ = place_all([Demand(memory=100)] * tasks, fleet, BINPACK, seed=seed)
    used = sorted((len(each.groups) for each in after if each.groups), reverse=True)
    assert used == [4] * (tasks // 4) + ([tasks % 4] if tasks % 4 else [])


@given(st.integers(1, 5), st.integers(1, 8), st.integers())
def test_distinct_instances_hold_one_task_each(count: int, tasks: int, seed: int) -> None:
    fleet = [instance(f"i{number}") for number in range(count)]
    after, went = place_all([Demand(memory=1)] * tasks, fleet, (), [{"type": "distinctInstance"}], seed)
    assert max(len(each.groups) for each in after) <= 1
    assert sum(bool(where) for where in went) == min(count, tasks)


def test_zones_first_then_full_instances() -> None:
    fleet = [instance("a1", "a"), instance("a2", "a"), instance("b1", "b"), instance("b2", "b")]
    after, _ = place_all([Demand(memory=100)] * 6, fleet, (*SPREAD_ZONES, *BINPACK))
    assert sorted(len(each.groups) for each in after) == [0, 0, 3, 3]
    assert Counter(each.zone for each in after for _ in each.groups) == {"a": 3, "b": 3}


def test_the_same_seed_places_alike() -> None:
    fleet = [instance(f"i{number}") for number in range(3)]
    asked = [Demand(memory=10)] * 9
    strategy = [{"type": "random"}]
    assert place_all(asked, fleet, strategy, seed=4) == place_all(asked, fleet, strategy, seed=4)
    assert any(
        place_all(asked, fleet, strategy, seed=seed) != place_all(asked, fleet, strategy, seed=4)
        for seed in range(9)
    )


@pytest.mark.parametrize(
    ("demand", "changes", "reason", "told"),
    [
        (Demand(memory=5000), {}, "RESOURCE:MEMORY", "has insufficient memory available."),
        (Demand(cpu=4096), {}, "RESOURCE:CPU", "has insufficient CPU units available."),
        (
            Demand(ports=frozenset({("tcp", 80)})),
            {"ports": frozenset({("tcp", 80)})},
            "RESOURCE:PORTS",
            "is already using a port required by your task.",
        ),
        (Demand(interfaces=1), {}, "RESOURCE:ENI", 'encountered error "RESOURCE:ENI".'),
        (Demand(gpus=1), {}, "RESOURCE:GPU", 'encountered error "RESOURCE:GPU".'),
        (Demand(), {"subject": Subject(agent_connected=False)}, "AGENT", 'encountered error "AGENT".'),
        (
            Demand(attributes={"com.example.ssd": ""}),
            {},
            "ATTRIBUTE",
            "is missing an attribute required by your task.",
        ),
        (Demand(zones=frozenset({"b"})), {}, "LOCATION", 'encountered error "LOCATION".'),
    ],
)  # fmt: skip
def test_refusals_are_in_aws_words(demand: Demand, changes: Any, reason: str, told: str) -> None:
    refused = place(demand, [instance("one", **changes)], GROUP, (), (), random.Random(1))
    assert isinstance(refused, list)
    assert [refusal.reason for refusal in refused] == [reason]
    assert explain(refused) == (
        "because no container instance met all of its requirements. "
        f"The closest matching (container-instance one) {told}"
    )


def test_the_closest_match_is_the_one_that_failed_last() -> None:
    fleet = [instance("small", cpu=10), instance("near", memory=10)]
    refused = place(Demand(cpu=100, memory=100), fleet, GROUP, (), (), random.Random(1))
    assert isinstance(refused, list)
    assert "(container-instance near) has insufficient memory" in explain(refused)


def test_inactive_instances_are_not_looked_at() -> None:
    refused = place(Demand(), [instance("draining", active=False)], GROUP, (), (), random.Random(1))
    assert refused == []
    assert explain([]).endswith("Reason: No Container Instances were found in your cluster.")


def test_member_of_selects() -> None:
    fleet = [instance("a", "us-east-1a"), instance("b", "us-east-1b")]
    constraint = {"type": "memberOf", "expression": "attribute:ecs.availability-zone == us-east-1b"}
    chosen = place(Demand(), fleet, GROUP, [constraint], (), random.Random(1))
    assert not isinstance(chosen, list)
    assert chosen.zone == "us-east-1b"
    refused = place(Demand(), fleet[:1], GROUP, [constraint], (), random.Random(1))
    assert isinstance(refused, list)
    assert refused[0].reason == "MemberOf placement constraint unsatisfied."


def test_scale_in_undoes_the_strategy() -> None:
    fleet = [
        instance("full", memory=10),
        instance("empty", memory=900),
        instance("other", "us-east-1b", memory=500),
    ]
    tasks = {"t1": fleet[0].id, "t2": fleet[1].id, "t3": fleet[2].id, "t4": fleet[0].id}
    assert first_to_stop(tasks, fleet, BINPACK, random.Random(1)) == "t2"
    assert first_to_stop(tasks, fleet, SPREAD_INSTANCES, random.Random(1)) in ("t1", "t4")
    assert first_to_stop(tasks, fleet, (*SPREAD_ZONES, *BINPACK), random.Random(1)) == "t2"
    assert first_to_stop(tasks, fleet, (), random.Random(1)) in tasks


@pytest.mark.parametrize(
    ("check", "given_", "message"),
    [
        (check_strategy, {"type": "pile"}, "should be one of"),
        (check_strategy, {"type": "spread"}, "field ''"),
        (check_strategy, {"type": "spread", "field": "attribute:"}, "field 'attribute:'"),
        (check_strategy, {"type": "binpack", "field": "disk"}, "field 'disk'"),
        (check_strategy, {"type": "random", "field": "cpu"}, "should not be specified"),
        (check_constraints, {"type": "unique"}, "should be one of"),
        (
            check_constraints,
            {"type": "distinctInstance", "expression": ""},
            "distinctInstance expression should not",
        ),
        (check_constraints, {"type": "memberOf"}, "should be specified"),
        (check_constraints, {"type": "memberOf", "expression": "instance ~ t3"}, "Expression is not valid"),
    ],
)
def test_bad_placement_is_refused(check: Any, given_: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidPlacement, match=message):
        check([given_])


SUBJECT = Subject(
    attributes={
        "ecs.instance-type": "t3.medium",
        "ecs.availability-zone": "us-east-1a",
        "stack": "blue",
        "rack": "7",
    },
    groups=("service:web", "database"),
    agent_version="1.107.0",
    ec2_instance_id="i-0123",
    running_tasks=2,
)


@pytest.mark.parametrize(
    ("expression", "selected"),
    [
        ("attribute:ecs.instance-type == t3.medium", True),
        ("attribute:ecs.instance-type equals t3.large", False),
        ("attribute:ecs.instance-type != t3.large", True),
        ("attribute:ecs.instance-type =~ t3.*", True),
        ("attribute:ecs.instance-type =~ t3", False),
        ("attribute:ecs.instance-type !~ m5.*", True),
        ("attribute:ecs.availability-zone in [us-east-1a, us-east-1b]", True),
        ("attribute:ecs.availability-zone !in [us-east-1a]", False),
        ("attribute:ecs.availability-zone not_in [us-east-1b]", True),
        ("attribute:stack exists", True),
        ("attribute:stack !exists", False),
        ("attribute:color not_exists", True),
        ("attribute:color == blue", False),
        ("attribute:color != blue", True),
        ("attribute:rack > 6 and attribute:rack <= 7", True),
        ("attribute:stack > 6", False),
        ("task:group == database", True),
        ("task:group == service:web", True),
        ("not (task:group == database)", False),
        ("!(task:group == cache) && agentConnected == true", True),
        ("task:group =~ service:.* or task:group == none", True),
        ("(task:group =~ serv.*)", True),
        ("agentVersion >= 1.42.0", True),
        ("agentVersion < 1.42.0", False),
        ("ec2InstanceId in ['i-0123', \"i-9\"]", True),
        ("registeredAt >= 2018-06-18 and registeredAt < 2030-01-01T00:00:00Z", True),
        ("runningTasksCount == 2", True),
        ("runningTasksCount < 2 || attribute:stack == blue", True),
        ("runningTasksCount < 2 || attribute:stack == blue && attribute:rack == 8", False),
    ],
)
def test_expressions_select(expression: str, selected: bool) -> None:
    assert parse(expression)(SUBJECT) is selected


@pytest.mark.parametrize(
    "expression",
    [
        "", "attribute:stack", "stack == blue", "attribute:stack ==", "attribute: == 1", "(attribute:stack exists",
        "attribute:stack exists)", "attribute:stack in blue", "attribute:stack in [blue", "attribute:a in []",
        "agentVersion =~ 1.*", "runningTasksCount < many", "registeredAt > soon", "agentVersion > new",
        "attribute:a =~ (a+)+b", "attribute:a =~ [", "and", "attribute:a == 1 attribute:b == 2", "(" * 60, "x" * 3000,
        "attribute:a == 'open", "!" * 1000,
    ],
)  # fmt: skip
def test_invalid_expressions_are_told_apart(expression: str) -> None:
    with pytest.raises(InvalidExpression):
        parse(expression)


@given(st.text(max_size=60) | st.text("()[]!=~<>&|, \"'abtsk:in.", max_size=60))
def test_no_text_breaks_the_parser(expression: str) -> None:
    try:
        test = parse(expression)
    except InvalidExpression:
        return
    assert test(SUBJECT) in (True, False)


def item(provider: str, base: int = 0, weight: int = 0) -> dict[str, Any]:
    return {"capacityProvider": provider, "base": base, "weight": weight}


@pytest.mark.parametrize(
    ("strategy", "counts", "n", "added"),
    [
        (
            [item("FARGATE", weight=1), item("FARGATE_SPOT", weight=4)],
            {},
            5,
            {"FARGATE": 1, "FARGATE_SPOT": 4},
        ),
        ([item("FARGATE", 2, 1), item("FARGATE_SPOT", weight=3)], {}, 10, {"FARGATE": 4, "FARGATE_SPOT": 6}),
        ([item("FARGATE", 2), item("FARGATE_SPOT", weight=1)], {}, 10, {"FARGATE": 2, "FARGATE_SPOT": 8}),
        ([item("A", 3, 1), item("B", weight=1)], {}, 2, {"A": 2, "B": 0}),
        ([item("A", weight=1), item("B", weight=1)], {"A": 3}, 3, {"A": 0, "B": 3}),
        ([item("A", 2), item("B")], {}, 5, {"A": 2, "B": 0}),
    ],
)
def test_strategies_split(strategy: Any, counts: Any, n: int, added: dict[str, int]) -> None:
    assert split(strategy, counts, n) == added


@given(st.integers(0, 5), st.lists(st.integers(1, 9), min_size=1, max_size=4), st.integers(0, 40))
def test_a_split_is_within_one_task_of_the_weights(base: int, weights: list[int], n: int) -> None:
    strategy = [
        item(f"p{number}", base if number == 0 else 0, weight) for number, weight in enumerate(weights)
    ]
    added = split(strategy, {}, n)
    assert sum(added.values()) == n
    assert added["p0"] >= min(base, n)
    over = max(0, n - base)
    for number, weight in enumerate(weights):
        share = added[f"p{number}"] - (min(base, n) if number == 0 else 0)
        assert abs(share - over * weight / sum(weights)) < 1 + len(weights) / 2
    step_by_step: Counter[str] = Counter()
    for _ in range(n):
        step_by_step.update(split(strategy, step_by_step, 1))
    assert {name: step_by_step[name] for name in added} == added


def daemon_task(
    name: str, instance_: str, deployment: str = "new", health: Health = Health.HEALTHY
) -> TaskFacts:
    return TaskFacts(name, deployment, "a", health, instance=instance_)


def daemon_facts(*tasks: TaskFacts, desired: int, least: int = 0, most: int = 100) -> ServiceFacts:
    deployments = (DeploymentFacts("new", desired), DeploymentFacts("old", desired, stable=True))
    return ServiceFacts(desired, least, most, deployments, tasks, zones=())


def test_a_daemon_starts_where_none_is_and_leaves_what_went() -> None:
    facts = daemon_facts(daemon_task("t1", "i1"), daemon_task("t2", "gone"), desired=2)
    decided = daemon_plan(facts, ["i1", "i2"])
    assert [start.instance for start in decided.starts] == ["i2"]
    assert [stop.task for stop in decided.stops] == ["t2"]
    assert daemon_plan(facts, ["i1"], kept=["gone"]).stops == ()


def test_a_new_revision_takes_each_instance_after_the_old_one_left() -> None:
    old = [daemon_task("t1", "i1", "old"), daemon_task("t2", "i2", "old")]
    decided = daemon_plan(daemon_facts(*old, desired=2), ["i1", "i2"])
    assert {stop.task for stop in decided.stops} == {"t1", "t2"} and decided.starts == ()
    careful = daemon_plan(daemon_facts(*old, desired=2, least=50), ["i1", "i2"])
    assert len(careful.stops) == 1
    beside = daemon_plan(daemon_facts(*old, desired=2, least=100, most=150), ["i1", "i2"])
    assert len(beside.starts) == 1 and beside.stops == ()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["i1", "i2", "i3", "gone"]),
            st.sampled_from(["new", "old"]),
            st.sampled_from(Health),
        ),
        max_size=8,
    ),
    st.sets(st.sampled_from(["i1", "i2", "i3"])),
    st.integers(0, 100),
    st.integers(100, 200),
)
def test_daemons_keep_the_floor_and_one_task_an_instance(
    given_: list[tuple[str, str, Health]], eligible: set[str], least: int, most: int
) -> None:
    tasks = [
        daemon_task(f"t{n}", where, deployment, health)
        for n, (where, deployment, health) in enumerate(given_)
    ]
    facts = daemon_facts(*tasks, desired=len(eligible), least=least, most=most)
    decided = daemon_plan(facts, sorted(eligible))
    stopped = {stop.task for stop in decided.stops}
    assert len(stopped) == len(decided.stops)
    inside = [t for t in tasks if t.instance in eligible and t.health is Health.HEALTHY]
    lost = [t for t in inside if t.id in stopped]
    healthy = sum(t.health is Health.HEALTHY for t in tasks if t.instance in eligible or t.id not in stopped)
    assert not lost or healthy - len(lost) >= facts.floor
    assert {t.id for t in tasks if t.instance not in eligible} <= stopped
    assert max(Counter(start.instance for start in decided.starts).values(), default=0) <= 1
    current = {t.instance for t in tasks if t.deployment == "new" and t.health is not Health.UNHEALTHY}
    assert not current & {start.instance for start in decided.starts}


@given(st.lists(st.sampled_from(["i0", "i1", "i2"]), max_size=10), steps)
def test_a_scale_in_by_strategy_takes_every_task_once(where: list[str], strategy: Any) -> None:
    fleet = [instance(f"i{number}") for number in range(3)]
    tasks = {f"t{number}": f"arn:cluster/{name}" for number, name in enumerate(where)}
    assert sorted(stop_order(tasks, fleet, Demand(memory=10), strategy)) == sorted(tasks)
    left = Counter(tasks.values())
    for task in stop_order(tasks, fleet, Demand(memory=10), SPREAD_INSTANCES):
        assert left[tasks[task]] == max(left.values())
        left[tasks[task]] -= 1


@pytest.mark.parametrize("pattern", ["a*" * 12 + "b", "(a?)" * 25, "(a|a)" * 30, "(a+)+b"])
def test_no_expression_keeps_the_cloud_busy(pattern: str) -> None:
    """Each would take a backtracking matcher longer than any lesson on a value of many a's."""
    with pytest.raises(InvalidExpression, match="repetitions"):
        parse(f"attribute:x =~ {pattern}")
