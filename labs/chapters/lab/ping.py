"""An answer that needs no task: judged by the listener's rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labs.checks.model import Challenge, unless_it_exists
from labs.learner import Texts

if TYPE_CHECKING:
    from labs.lab import Lab
    from labs.session import CourseSession

PATH = "/ping"

say = Texts(
    {
        "title": {"fr": "la réponse sans tâche", "en": "the answer without a task"},
        "kind": {
            "fr": "pour {path}, la règle fait « {kind} » : une tâche, ou un autre site, devrait répondre",
            "en": "for {path} the rule does “{kind}”: a task, or another site, would have to answer",
        },
        "code": {
            "fr": "à {path}, l’équilibreur répondrait {code}",
            "en": "to {path} the load balancer would answer {code}",
        },
        "greedy": {
            "fr": "la règle prend aussi d’autres chemins : {paths}",
            "en": "the rule takes other paths as well: {paths}",
        },
        "hint_1": {
            "fr": "Une règle ne transmet pas forcément à un groupe cible : il y a d’autres actions.",
            "en": "A rule need not forward to a target group: there are other actions.",
        },
        "hint_2": {
            "fr": "L’action s’appelle fixed-response. La règle demande une priorité que personne n’a prise.",
            "en": "The action is called fixed-response. The rule wants a priority that nobody has taken.",
        },
        "hint_3": {
            "fr": 'create_rule, path-pattern ["/ping"], Actions [{{"Type": "fixed-response", "FixedResponseConfig": {{"StatusCode": '
            '"200", "ContentType": "text/plain", "MessageBody": "pong"}}}}], Priority 5.',
            "en": 'create_rule, path-pattern ["/ping"], Actions [{{"Type": "fixed-response", "FixedResponseConfig": {{"StatusCode": '
            '"200", "ContentType": "text/plain", "MessageBody": "pong"}}}}], Priority 5.',
        },
        "solution": {
            "fr": "Une règle de plus, dont l’action est la réponse elle-même.",
            "en": "One more rule, whose action is the answer itself.",
        },
    }
)


@dataclass(frozen=True)
class Rule:
    """What the challenge looks at: the rule that takes the path."""

    paths: Sequence[str]
    kind: str
    code: str


def look(session: CourseSession) -> Rule | None:
    """Read the first rule for the path; None while no rule, or no load balancer, is there."""
    elbv2 = session.client("elbv2")
    for balancer in elbv2.describe_load_balancers()["LoadBalancers"]:
        if balancer["LoadBalancerName"] != "frenchbakery":
            continue
        for listener in elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]:
            for rule in elbv2.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]:
                paths = [path for condition in rule["Conditions"] for path in _paths(condition)]
                if PATH in paths or "/ping*" in paths:
                    [action] = rule["Actions"]
                    code = action.get("FixedResponseConfig", {}).get("StatusCode", "")
                    return Rule(paths, action["Type"], code)
    return None


def _paths(condition: dict[str, Any]) -> Sequence[str]:
    if condition.get("Field") != "path-pattern":
        return ()
    return condition.get("PathPatternConfig", {}).get("Values") or condition.get("Values", ())


def attempted(found: Rule | None) -> bool:
    """Whether a rule takes the path."""
    return found is not None


def problems(found: Rule) -> Iterator[str]:
    """The load balancer answers by itself, that all is well, and to this path only."""
    if found.kind != "fixed-response":
        yield say("kind", path=PATH, kind=found.kind)
    elif found.code != "200":
        yield say("code", path=PATH, code=found.code)
    if others := [path for path in found.paths if path != PATH]:
        yield say("greedy", paths=", ".join(others))


def answer_ping(lab: Lab) -> None:
    """Let the load balancer answer /ping by itself."""
    elbv2 = lab.session.client("elbv2")
    [balancer] = elbv2.describe_load_balancers(Names=["frenchbakery"])["LoadBalancers"]
    [listener] = elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    with unless_it_exists():
        elbv2.create_rule(
            ListenerArn=listener["ListenerArn"],
            Priority=5,
            Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/ping"]}}],
            Actions=[
                {
                    "Type": "fixed-response",
                    "FixedResponseConfig": {
                        "StatusCode": "200",
                        "ContentType": "text/plain",
                        "MessageBody": "pong",
                    },
                }
            ],
        )


CHALLENGE = Challenge("lab-ping", attempted, problems, say, (answer_ping,), look=look)
