"""A service's settings, read once from the environment (the twelve-factor way)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SERVICES = ("frontend", "products", "orders", "reviews")


class SettingsError(ValueError):
    """An environment variable that the service cannot use; the message names it."""


@dataclass(frozen=True)
class Settings:
    """What a service is told when it starts. Durations are in seconds."""

    service: str
    host: str = "0.0.0.0"  # noqa: S104 - in a container, only published ports are reachable
    port: int = 8080
    backends: Mapping[str, str] = field(default_factory=dict)  # service → base URL, without a final slash
    call_timeout: float = 2.0  # for one call to another service, retry not included
    drain: float = 1.0  # after SIGTERM: time left to load balancers to notice that /readyz says no
    database: str = ":memory:"  # SQLite file, used when there is no table
    table: str | None = None  # DynamoDB table
    faults: bool = False

    @classmethod
    def from_environment(cls, service: str, environ: Mapping[str, str]) -> Settings:
        """Read the settings of one service. Raises SettingsError on a value out of its bounds."""
        return cls(
            service=service,
            host=environ.get("HOST") or cls.host,
            port=int(_number(environ, "PORT", cls.port, 0, 65535)),
            backends=_backends(environ),
            call_timeout=_number(environ, "CALL_TIMEOUT", cls.call_timeout, 0.1, 30),
            drain=_number(environ, "DRAIN_SECONDS", cls.drain, 0, 20),
            database=environ.get("DATABASE") or cls.database,
            table=environ.get(f"{service.upper()}_TABLE") or None,
            faults=environ.get("FAULTS", "").lower() == "on",
        )

    def backend(self, service: str) -> str:
        """The base URL of another service. Raises SettingsError when none was given."""
        try:
            return self.backends[service]
        except KeyError:
            raise SettingsError(f"set {service.upper()}_URL, or BACKEND_URL for all services") from None


def _backends(environ: Mapping[str, str]) -> dict[str, str]:
    """One URL for everything (a load balancer's) in BACKEND_URL, or one for each service in NAME_URL."""
    urls = {name: environ.get(f"{name.upper()}_URL") or environ.get("BACKEND_URL") for name in SERVICES}
    for name, url in urls.items():
        if url and not url.startswith(("http://", "https://")):
            raise SettingsError(f"the URL of {name} must start with http:// or https://, not {url!r}")
    return {name: url.rstrip("/") for name, url in urls.items() if url}


def _number(environ: Mapping[str, str], name: str, default: float, low: float, high: float) -> float:
    text = environ.get(name) or str(default)
    try:
        number = float(text)
    except ValueError:
        raise SettingsError(f"{name} must be a number, not {text!r}") from None
    if not low <= number <= high:
        raise SettingsError(f"{name} must be between {low} and {high}, not {text}")
    return number
