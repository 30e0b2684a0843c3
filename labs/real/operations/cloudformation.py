"""CloudFormation: templates are read and checked, not run.

A stack makes its resources itself: the guard would see neither what they are nor what they are built upon.
"""

from __future__ import annotations

from labs.real.operations.model import Table, refuse

CLOUDFORMATION: Table = refuse(
    "CreateStack UpdateStack CreateChangeSet ExecuteChangeSet DeleteStack", "template"
)
