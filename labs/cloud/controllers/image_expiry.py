"""Lifecycle policies take effect: images expire or go to the archive. ECR needs up to 24 hours for it.

Here policies are evaluated once in `PERIOD` minutes of CloudWatch's time, which a lesson may shorten, or at once
when the control API is asked (`POST /_course/expire-images`). What the learner waits for is done at the next look:
previews, and images on their way back from the archive.
"""

from __future__ import annotations

from moto.ecr.models import Repository, ecr_backends

from labs.cloud.aws.ecr.backend import EcrBackend
from labs.cloud.registry.lifecycle import EXPIRE, Verdict
from labs.cloud.registry.texts import because, say
from labs.cloud.runtime import Runtime
from labs.learner import LANGUAGES

PERIOD = 60  # minutes of CloudWatch's time between two evaluations of a policy


class ImageExpiry:
    """Keeps lifecycle policies. Nothing here blocks: all under the lock."""

    def __init__(self, runtime: Runtime):
        self._runtime = runtime
        self._evaluated: float | None = None  # the position in CloudWatch's time of the last evaluation

    def tick(self, now: float) -> float | None:
        """Finish previews and activations; apply policies when it is time."""
        runtime = self._runtime
        with runtime.lock:
            for backend in _backends(runtime):
                backend.complete_previews()
                for image in backend.complete_activations():
                    subject = backend.repositories[image.repository_name].arn
                    names = {
                        "repository": image.repository_name,
                        "image": _name(image.image_digest, image.image_tags),
                    }
                    runtime.narrate("image-activated", subject, say, "image-activated", **names)
            position = runtime.minutes.position(runtime.clock.now())
            if self._evaluated is None:
                self._evaluated = position
            if position - self._evaluated >= PERIOD:
                expire_images(runtime)
                self._evaluated = position
            return (PERIOD - (position - self._evaluated)) * runtime.pace

    def reset(self) -> None:
        """The first evaluation is a whole period away again."""
        self._evaluated = None

    def close(self) -> None:
        """Nothing to free."""


def expire_images(runtime: Runtime) -> dict[str, int]:
    """Apply every lifecycle policy now; how many images each action took."""
    counts = {"expired": 0, "archived": 0}
    with runtime.lock:
        for backend in _backends(runtime):
            for repository in backend.repositories.values():
                for verdict in backend.apply_lifecycle_policy(repository):
                    counts["expired" if verdict.action == EXPIRE else "archived"] += 1
                    _tell(runtime, repository, verdict)
    return counts


def _backends(runtime: Runtime) -> list[EcrBackend]:
    return list(ecr_backends[runtime.account_id].values())


def _tell(runtime: Runtime, repository: Repository, verdict: Verdict) -> None:
    kind = "image-expired" if verdict.action == EXPIRE else "image-archived"
    reasons, rule = because(verdict), verdict.rule
    values = {
        "repository": repository.name,
        "image": _name(verdict.image.digest, sorted(verdict.image.tags)),
        "rule": f"{rule.priority} ({rule.description})"
        if rule and rule.description
        else rule and rule.priority,
    }
    texts = {lang: say(kind, lang=lang, because=reasons[lang], **values) for lang in LANGUAGES}
    runtime.timeline.add(runtime.clock.now(), kind, repository.arn, texts)


def _name(digest: str, tags: list[str]) -> str:
    """An image as people speak of it."""
    return ", ".join(tags) if tags else digest[: len("sha256:") + 12]
