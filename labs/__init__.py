"""Everything that touches AWS: the local cloud, the session switch, the lab, its checks and views."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labs.figures import figure as figure
    from labs.lab import Lab as Lab
    from labs.session import connect as connect

__all__ = ["Lab", "connect", "figure"]


def __getattr__(name: str) -> Any:
    """Load what notebooks use on first use: importing `labs` alone must not cost boto3's import."""
    if name == "connect":
        from labs.session import connect

        return connect
    if name == "figure":
        from labs.figures import figure

        return figure
    if name == "Lab":
        from labs.lab import Lab

        return Lab
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
