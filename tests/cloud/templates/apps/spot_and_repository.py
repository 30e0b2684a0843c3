"""A repository that keeps few images, and a cluster that spends little."""

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct


class SpotAndRepository(Stack):
    """ECR repository with a lifecycle, and a service on a FARGATE and FARGATE_SPOT strategy."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        repository = ecr.Repository(
            self,
            "Repository",
            repository_name="frenchbakery/pastries",
            image_scan_on_push=True,
            image_tag_mutability=ecr.TagMutability.IMMUTABLE,
            encryption=ecr.RepositoryEncryption.AES_256,
            removal_policy=RemovalPolicy.DESTROY,
            lifecycle_rules=[
                ecr.LifecycleRule(
                    rule_priority=1,
                    description="untagged images go after a day",
                    tag_status=ecr.TagStatus.UNTAGGED,
                    max_image_age=Duration.days(1),
                ),
                ecr.LifecycleRule(rule_priority=2, description="ten images stay", max_image_count=10),
            ],
        )
        repository.grant_pull(iam.AccountPrincipal("210987654321"))
        vpc = ec2.Vpc(self, "Vpc", max_azs=2, nat_gateways=0)
        cluster = ecs.Cluster(
            self, "Cluster", vpc=vpc, cluster_name="frenchbakery-spot", enable_fargate_capacity_providers=True
        )
        cluster.add_default_capacity_provider_strategy(
            [ecs.CapacityProviderStrategy(capacity_provider="FARGATE", base=1, weight=1)]
        )
        task = ecs.FargateTaskDefinition(self, "Task", cpu=256, memory_limit_mib=512)
        images = ecr.Repository.from_repository_name(self, "Images", "frenchbakery/web")
        task.add_container(
            "web",
            image=ecs.ContainerImage.from_ecr_repository(images, "1.0"),
            port_mappings=[ecs.PortMapping(container_port=8080)],
            health_check=ecs.HealthCheck(command=["CMD-SHELL", "exit 0"], interval=Duration.seconds(5)),
        )
        service = ecs.FargateService(
            self,
            "Service",
            cluster=cluster,
            task_definition=task,
            desired_count=2,
            assign_public_ip=True,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            min_healthy_percent=50,
            capacity_provider_strategies=[
                ecs.CapacityProviderStrategy(capacity_provider="FARGATE", base=1, weight=1),
                ecs.CapacityProviderStrategy(capacity_provider="FARGATE_SPOT", weight=4),
            ],
        )
        service.node.add_dependency(cluster)  # whose capacity providers come after it
