"""SNS where moto would reach out of the local cloud.

moto posts a message to a subscriber's web address while the cloud's lock is held. The local cloud calls no web
address, so such a subscription is refused; queues are delivered to, mail addresses and telephones are kept.
"""

from __future__ import annotations

from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import SNSBackend, Subscription, sns_backends

from labs.cloud.runtime import Runtime


class Backend(SNSBackend):
    """One Region's topics."""

    def subscribe(self, topic_arn: str, endpoint: str, protocol: str) -> Subscription:
        """Raises SNSInvalidParameter for a web address."""
        if protocol in ("http", "https"):
            raise SNSInvalidParameter(
                f"Invalid parameter: Protocol: the local cloud does not emulate {protocol} subscriptions"
            )
        return super().subscribe(topic_arn, endpoint, protocol)


def install(runtime: Runtime) -> None:
    """Patch SNS."""
    Backend.__module__ = SNSBackend.__module__
    sns_backends.backend = Backend
