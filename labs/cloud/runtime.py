"""What every part of the running cloud shares."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from labs.cloud.api.signing import Keyring
from labs.cloud.clock import Clock, SystemClock
from labs.cloud.network import AddressBook
from labs.cloud.pace import Pace
from labs.cloud.timeline import Timeline
from labs.learner import LANGUAGES, Texts

if TYPE_CHECKING:
    from labs.cloud.authorization.authorizer import Authorizer
    from labs.cloud.cloudformation.operations import StackOperations
    from labs.cloud.controllers.target_health import TargetHealth
    from labs.cloud.engine.base import Engine
    from labs.cloud.load_balancer.listeners import LoadBalancers
    from labs.cloud.registry.images import Images

ACCOUNT_ID = "123456789012"
DEFAULT_REGION = "us-east-1"


@dataclass
class Runtime:
    """The one local cloud of this process.

    `lock` guards moto's state. An API call holds it from the first moto line to the last; a controller
    snapshots under it, decides without it, applies under it. No network or process I/O under the lock.
    """

    home: Path  # <course home>/cloud: state file (0600), logs, scratch of the engines, registry blobs
    port: int  # of the API, on 127.0.0.1
    credentials: Keyring
    account_id: str = ACCOUNT_ID
    clock: Clock = field(default_factory=SystemClock)
    lock: threading.RLock = field(default_factory=threading.RLock)
    addresses: AddressBook = field(default_factory=AddressBook)
    wake: threading.Event = field(default_factory=threading.Event)  # controllers look again at once
    timeline: Timeline = field(default_factory=Timeline)
    minutes: Pace = field(default_factory=Pace)  # CloudWatch's, which a lesson may shorten
    hosts: set[str] = field(
        init=False
    )  # the Host headers that are answered; an engine's bridge may add its own

    # Set once by the server, before the first request.
    authorizer: Authorizer = field(init=False)
    stack_operations: StackOperations = field(init=False)
    images: Images = field(init=False)
    engine: Engine = field(init=False)
    target_health: TargetHealth = field(init=False)
    load_balancers: LoadBalancers = field(init=False)

    def __post_init__(self) -> None:
        self.hosts = {f"127.0.0.1:{self.port}", f"localhost:{self.port}"}

    @property
    def pace(self) -> int:
        """Real seconds of one CloudWatch minute: 60, unless a lesson is in a hurry."""
        return self.minutes.minute

    @property
    def endpoint(self) -> str:
        """The API's address as this machine sees it."""
        return f"http://127.0.0.1:{self.port}"

    def narrate(self, kind: str, subject: str, say: Texts, key: str, /, **values: object) -> None:
        """Tell what just happened, in every language: the text `key` of `say`; see Event."""
        texts = {lang: say(key, lang=lang, **values) for lang in LANGUAGES}
        self.timeline.add(self.clock.now(), kind, subject, texts)
