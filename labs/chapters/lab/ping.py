"""An answer that needs no task: judged by the listener's rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from labs.checks.model import Challenge, unless_it_exists
from labs.inventory import Inventory, Rule
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
        "narrow": {
            "fr": "la règle qui parle de {path} pose d’autres conditions : une simple demande lui échappe",
            "en": "the rule that speaks of {path} has further conditions: a plain request escapes it",
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


def look(session: CourseSession) -> Sequence[Rule]:
    """The rules of the shop's listener, in the order in which they are tried; none without that listener."""
    balancer = Inventory(session, lambda arn: None).load_balancer
    return (balancer and balancer.rules) or ()


def attempted(rules: Sequence[Rule]) -> bool:
    """Whether a rule with a path of its own takes this one, be it under further conditions."""
    return any(rule.paths and replace(rule, narrow=False).takes(PATH) for rule in rules)


def problems(rules: Sequence[Rule]) -> Iterator[str]:
    """The load balancer answers by itself, that all is well, and to this path only."""
    rule = next((rule for rule in rules if rule.takes(PATH)), None)
    if rule is None or not rule.paths:
        yield say("narrow", path=PATH)
        return
    if rule.action != "fixed-response":
        yield say("kind", path=PATH, kind=rule.action)
    elif rule.code != "200":
        yield say("code", path=PATH, code=rule.code)
    if others := [path for path in rule.paths if path != PATH]:
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
