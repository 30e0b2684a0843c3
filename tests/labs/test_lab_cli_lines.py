"""The lab's AWS CLI lines: bash reads them, they know their variables, and AWS knows their commands and options.

Run from end to end they need minutes and a Docker Engine; what breaks them most often needs neither.
"""

from __future__ import annotations

import functools
import re
import subprocess

import botocore.session
import nbformat
import pytest
from botocore import xform_name

from labs.workspace import NOTEBOOKS

PARTS = ["06_frenchbakery_lab", "06b_frenchbakery_operate"]
OF_THE_CLI = {"query", "output", "cli-input-json"}
OWN_COMMANDS = {("ecr", "get-login-password"): set[str](), ("eks", "update-kubeconfig"): {"name"}}
OWN_OPTIONS = {("ec2", "authorize-security-group-ingress"): {"protocol", "port", "cidr", "source-group"}}


def lines(part: str, lang: str) -> str:
    """All lines of a notebook, as if typed into one terminal; a step's alternatives follow each other."""
    notebook = nbformat.read(NOTEBOOKS / lang / f"{part}.ipynb", as_version=4)
    texts = (cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return "\n".join(block for text in texts for block in re.findall(r"```bash\n(.*?)```", text, re.DOTALL))


def code(part: str, lang: str = "en") -> str:
    return "\n".join(re.sub(r"(^|\s)# .*", "", line) for line in lines(part, lang).splitlines())


@pytest.mark.parametrize("part", PARTS)
def test_bash_reads_them_and_both_languages_say_the_same(part: str) -> None:
    assert subprocess.run(["bash", "-n"], input=lines(part, "fr"), text=True, check=False).returncode == 0
    assert code(part, "fr") == code(part, "en")


@pytest.mark.parametrize("part", PARTS)
def test_every_variable_has_a_value_before_it_is_used(part: str) -> None:
    known: set[str] = set()
    for line in code(part).splitlines():
        used = set(re.findall(r"\$\{?([A-Za-z_]\w*)", line))
        assigned = set(re.findall(r"(?:^|\s)([A-Za-z_]\w*)=", line.partition("--")[0]))
        assigned |= set(re.findall(r"\bfor (\w+) in\b", line))
        assert used <= known | assigned, line
        known |= assigned


SESSION = botocore.session.get_session()
service_model = functools.cache(SESSION.get_service_model)


@functools.cache
def options(service: str, command: str) -> set[str] | None:
    """What may follow a command; None when the CLI has no such command."""
    if (service, command) in OWN_COMMANDS:
        return OWN_COMMANDS[service, command]
    model = service_model(service)
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    if command not in operations:
        return None
    shape = model.operation_model(operations[command]).input_shape
    names = {xform_name(name, "-") for name in (shape.members if shape else ())}
    return names | OWN_OPTIONS.get((service, command), set())


@functools.cache
def waiters(service: str) -> dict[str, str]:
    model = SESSION.get_waiter_model(service)
    return {
        xform_name(name, "-"): xform_name(model.get_waiter(name).operation, "-")
        for name in model.waiter_names
    }


@pytest.mark.parametrize("part", PARTS)
def test_aws_knows_every_command_and_option(part: str) -> None:
    whole = code(part).replace("\\\n", " ")
    commands = re.findall(r"\baws (\S+) ((?:wait )?[\w-]+)((?:[^\n|)$]|\$(?!\())*)", whole)
    assert len(commands) > 15
    for service, command, rest in commands:
        awaited = command.removeprefix("wait ")
        known = options(service, awaited if awaited == command else waiters(service)[awaited])
        assert known is not None, (service, command)
        given = set(re.findall(r"(?:^|\s)--([a-z][\w-]*)", rest))
        assert given <= known | OF_THE_CLI, (service, command)
