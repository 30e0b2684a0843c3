"""What a lifecycle policy does with the playground's images: the local cloud's own rules, asked twice.

Once with the whole policy, and once with each rule alone: the difference is what priorities do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from labs.cloud.registry.lifecycle import Policy, Reason, Verdict, evaluate
from labs.cloud.registry.lifecycle_policy import read
from labs.playgrounds.lifecycle.repository import NOW, REPOSITORY, Kept


@dataclass(frozen=True)
class Fate:
    """What happens to an image, and which rules of a lower priority would have acted on it if they were alone."""

    kept: Kept
    verdict: Verdict
    others: tuple[int, ...] = ()


def fates(text: str, later: float = 0) -> list[Fate]:
    """What the policy does with each image after so many days, youngest first. Raises InvalidPolicy."""
    now, policy = NOW + timedelta(days=later), read(text)
    images = [each.image for each in REPOSITORY]
    alone = {
        rule.priority: {
            verdict.image.digest for verdict in evaluate(images, Policy((rule,)), now) if verdict.action
        }
        for rule in policy.rules
    }
    kept = {each.image.digest: each for each in REPOSITORY}
    return [
        Fate(kept[verdict.image.digest], verdict, _out_of_reach(verdict, alone))
        for verdict in reversed(evaluate(images, policy, now))
    ]


def _out_of_reach(verdict: Verdict, alone: Mapping[int, Collection[str]]) -> tuple[int, ...]:
    if verdict.rule is None or verdict.reason is not Reason.WITHIN:
        return ()
    own, digest = verdict.rule.priority, verdict.image.digest
    return tuple(sorted(priority for priority, taken in alone.items() if priority > own and digest in taken))
