"""How CloudFormation refuses a template or a request."""

from __future__ import annotations


class TemplateError(Exception):
    """The template, its parameters or a function in it is wrong; CloudFormation answers ValidationError."""
