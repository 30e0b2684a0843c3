"""Bread on machines of one's own: an Auto Scaling group behind a capacity provider."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct


class Instances(Stack):
    """An EC2 service on a capacity provider, without the hooks that need Lambda."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        vpc = ec2.Vpc(self, "Vpc", max_azs=2, nat_gateways=0)
        cluster = ecs.Cluster(self, "Cluster", vpc=vpc)
        public = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)
        group = autoscaling.AutoScalingGroup(
            self,
            "Machines",
            vpc=vpc,
            vpc_subnets=public,
            launch_template=ec2.LaunchTemplate(
                self,
                "Machine",
                instance_type=ec2.InstanceType("t3.small"),
                machine_image=ecs.EcsOptimizedImage.amazon_linux2023(),
                user_data=ec2.UserData.for_linux(),
                security_group=ec2.SecurityGroup(self, "MachineGroup", vpc=vpc),
                role=self.machine_role(),
            ),
            min_capacity=1,
            max_capacity=3,
        )
        provider = ecs.AsgCapacityProvider(
            self,
            "Provider",
            auto_scaling_group=group,
            enable_managed_termination_protection=False,
            enable_managed_draining=True,
            target_capacity_percent=80,
        )
        cluster.add_asg_capacity_provider(provider)
        task = ecs.Ec2TaskDefinition(self, "Task", network_mode=ecs.NetworkMode.AWS_VPC)
        images = ecr.Repository.from_repository_name(self, "Images", "frenchbakery/web")
        task.add_container(
            "web",
            image=ecs.ContainerImage.from_ecr_repository(images, "1.0"),
            memory_reservation_mib=128,
            cpu=128,
            port_mappings=[ecs.PortMapping(container_port=8080)],
            health_check=ecs.HealthCheck(command=["CMD-SHELL", "exit 0"], interval=Duration.seconds(5)),
        )
        service = ecs.Ec2Service(
            self,
            "Service",
            cluster=cluster,
            task_definition=task,
            desired_count=1,
            min_healthy_percent=0,
            max_healthy_percent=100,
            placement_strategies=[ecs.PlacementStrategy.packed_by_cpu()],
            capacity_provider_strategies=[
                ecs.CapacityProviderStrategy(capacity_provider=provider.capacity_provider_name, weight=1)
            ],
        )
        service.node.add_dependency(cluster)  # whose capacity providers come after it

    def machine_role(self) -> iam.Role:
        """What the agent on a machine may do."""
        return iam.Role(
            self,
            "MachineRole",
            assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name(
                    "service-role/AmazonEC2ContainerServiceforEC2Role"
                )
            ],
        )
