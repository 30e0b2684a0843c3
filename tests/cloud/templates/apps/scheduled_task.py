"""A report that is written every night."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_applicationautoscaling as scaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_ecs_patterns as patterns
from constructs import Construct


class ScheduledTask(Stack):
    """ScheduledFargateTask in the public subnets of a VPC of its own."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        vpc = ec2.Vpc(self, "Vpc", max_azs=2, nat_gateways=0)
        images = ecr.Repository.from_repository_name(self, "Images", "frenchbakery/web")
        patterns.ScheduledFargateTask(
            self,
            "Report",
            cluster=ecs.Cluster(self, "Cluster", vpc=vpc),
            schedule=scaling.Schedule.cron(minute="0", hour="4"),
            rule_name="frenchbakery-nightly-report",
            subnet_selection=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            desired_task_count=1,
            scheduled_fargate_task_image_options=patterns.ScheduledFargateTaskImageOptions(
                image=ecs.ContainerImage.from_ecr_repository(images, "1.0"),
                cpu=512,
                memory_limit_mib=1024,
                command=["python", "-c", "print('sold out of croissants')"],
                environment={"KIND": "nightly"},
            ),
        )
        patterns.ScheduledFargateTask(
            self,
            "Stock",
            cluster=ecs.Cluster(self, "StockCluster", vpc=vpc),
            schedule=scaling.Schedule.rate(Duration.hours(1)),
            enabled=False,
            subnet_selection=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            scheduled_fargate_task_image_options=patterns.ScheduledFargateTaskImageOptions(
                image=ecs.ContainerImage.from_ecr_repository(images, "1.0")
            ),
        )
