"""The service controller: keeps as many tasks as a service wants, as its deployment configuration allows.

`facts` gathers what is, `controllers.scheduler` decides, `actions` carries out, `failures` counts what went wrong,
`rollout` ends deployments. All under the cloud's lock, since nothing blocks: the task controller does the slow work.
"""

from __future__ import annotations

from labs.cloud.controllers.services.controller import ServiceController

__all__ = ["ServiceController"]
