"""What a container is made of, looked at in live processes: namespaces, limits, start times.

Where the machine cannot show it (not Linux, or user namespaces forbidden) a recorded picture takes its place and
says so. Texts that tests compare are the same either way.
"""

from labs.isolation.cgroups import limits
from labs.isolation.namespaces import NAMESPACES, Pair, Views, look
from labs.isolation.starting import starts

__all__ = ["NAMESPACES", "Pair", "Views", "limits", "look", "starts"]
