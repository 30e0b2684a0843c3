"""What the local cloud refuses: resources that a Lambda function makes."""

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from constructs import Construct


class CustomResource(Stack):
    """A repository emptied on delete and a default security group closed, both by Lambda."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        ec2.Vpc(self, "Vpc", max_azs=2, nat_gateways=0, restrict_default_security_group=True)
        ecr.Repository(
            self,
            "Repository",
            repository_name="frenchbakery/emptied",
            auto_delete_images=True,
            removal_policy=RemovalPolicy.DESTROY,
        )
