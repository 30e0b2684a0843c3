"""Write the templates next to this folder: `python -m tests.cloud.templates.apps.synthesise` where aws-cdk-lib is.

Made with aws-cdk-lib 2.275. The tests need the templates only.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from aws_cdk import App, DefaultStackSynthesizer, Stack

from tests.cloud.templates.apps.custom_resource import CustomResource
from tests.cloud.templates.apps.instances import Instances
from tests.cloud.templates.apps.load_balanced_service import LoadBalancedService
from tests.cloud.templates.apps.path_rules import PathRules
from tests.cloud.templates.apps.scheduled_task import ScheduledTask
from tests.cloud.templates.apps.secrets_and_table import SecretsAndTable
from tests.cloud.templates.apps.spot_and_repository import SpotAndRepository

FOLDER = Path(__file__).parents[1]
STACKS = {
    "load-balanced-service": LoadBalancedService,
    "path-rules": PathRules,
    "scheduled-task": ScheduledTask,
    "spot-and-repository": SpotAndRepository,
    "secrets-and-table": SecretsAndTable,
    "instances": Instances,
    "custom-resource": CustomResource,
}


def synthesise(stack_class: type[Stack], name: str) -> dict[str, object]:
    """The template of one stack. No bootstrap version: nothing here was uploaded by the CDK."""
    with TemporaryDirectory() as folder:
        app = App(
            outdir=folder,
            analytics_reporting=True,
            default_stack_synthesizer=DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
        )
        stack_class(app, name)
        app.synth()
        return json.loads((Path(folder) / f"{name}.template.json").read_text())


if __name__ == "__main__":
    for name, stack_class in STACKS.items():
        template = synthesise(stack_class, name)
        (FOLDER / f"{name}.json").write_text(json.dumps(template, indent=1) + "\n")
        print(name, len(template["Resources"]))
