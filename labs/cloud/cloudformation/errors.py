"""How CloudFormation refuses a template or a request."""

from __future__ import annotations

import re

# What XML cannot carry, and so no answer of a Query API.
UNSAYABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class TemplateError(Exception):
    """The template, its parameters or a function in it is wrong; CloudFormation answers ValidationError."""
