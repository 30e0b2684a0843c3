"""A shop front behind a load balancer, scaled on CPU, rolled back by the circuit breaker."""

from aws_cdk import Duration, Stack, Tags
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_ecs_patterns as patterns
from aws_cdk import aws_logs as logs
from constructs import Construct


class LoadBalancedService(Stack):
    """ApplicationLoadBalancedFargateService with scaling and a circuit breaker."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name, description="FrenchBakery: the shop front")
        vpc = ec2.Vpc(self, "Vpc", max_azs=2, nat_gateways=1)
        cluster = ecs.Cluster(self, "Cluster", vpc=vpc, container_insights_v2=ecs.ContainerInsights.ENABLED)
        images = ecr.Repository.from_repository_name(self, "Images", "frenchbakery/web")
        front = patterns.ApplicationLoadBalancedFargateService(
            self,
            "Front",
            cluster=cluster,
            cpu=256,
            memory_limit_mib=512,
            desired_count=2,
            public_load_balancer=True,
            health_check_grace_period=Duration.seconds(60),
            min_healthy_percent=100,
            max_healthy_percent=200,
            circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
            enable_ecs_managed_tags=True,
            task_image_options=patterns.ApplicationLoadBalancedTaskImageOptions(
                image=ecs.ContainerImage.from_ecr_repository(images, "1.0"),
                container_name="web",
                container_port=8080,
                environment={"SAY": "bonjour"},
                log_driver=ecs.LogDrivers.aws_logs(
                    stream_prefix="front", log_retention=logs.RetentionDays.ONE_WEEK
                ),
            ),
        )
        front.target_group.configure_health_check(
            path="/healthz",
            interval=Duration.seconds(5),
            timeout=Duration.seconds(2),
            healthy_threshold_count=2,
            unhealthy_threshold_count=2,
        )
        front.target_group.set_attribute("deregistration_delay.timeout_seconds", "0")
        scaling = front.service.auto_scale_task_count(min_capacity=2, max_capacity=6)
        scaling.scale_on_cpu_utilization(
            "Cpu",
            target_utilization_percent=50,
            scale_in_cooldown=Duration.seconds(120),
            scale_out_cooldown=Duration.seconds(30),
        )
        Tags.of(self).add("team", "bakery")
