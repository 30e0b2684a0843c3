"""CloudFormation: templates are shown, not run."""

from __future__ import annotations

from labs.real.operations.model import Operation, Params, Table


def _templates(request: Params) -> str | None:
    """A template may make anything: it is shown on a real account, not run."""
    return "template"


CLOUDFORMATION: Table = dict.fromkeys(
    ("CreateStack", "UpdateStack", "CreateChangeSet", "ExecuteChangeSet", "DeleteStack"),
    Operation(forbids=_templates),
)
