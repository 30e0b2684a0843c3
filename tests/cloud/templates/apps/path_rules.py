"""The whole shop: four services behind path rules of one load balancer."""

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

BACKENDS = {"products": 10, "orders": 20, "reviews": 30}  # and the priority of each rule


class PathRules(Stack):
    """frontend, products, orders and reviews."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        vpc = ec2.Vpc(
            self,
            "Vpc",
            max_azs=2,
            nat_gateways=0,
            subnet_configuration=[
                ec2.SubnetConfiguration(name="public", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=24)
            ],
        )
        self.cluster = ecs.Cluster(self, "Cluster", cluster_name="frenchbakery-paths", vpc=vpc)
        self.images = ecr.Repository.from_repository_name(self, "Images", "frenchbakery/web")
        balancer = elbv2.ApplicationLoadBalancer(self, "Entrance", vpc=vpc, internet_facing=True)
        listener = balancer.add_listener("Http", port=80)
        listener.add_targets("frontend", targets=[self.service("frontend")], **self.targets())
        for backend, priority in BACKENDS.items():
            listener.add_targets(
                backend,
                targets=[self.service(backend)],
                priority=priority,
                conditions=[elbv2.ListenerCondition.path_patterns([f"/api/{backend}*"])],
                **self.targets(),
            )
        listener.add_action(
            "teapot",
            priority=40,
            conditions=[
                elbv2.ListenerCondition.path_patterns(["/teapot"]),
                elbv2.ListenerCondition.http_request_methods(["GET"]),
            ],
            action=elbv2.ListenerAction.fixed_response(
                418, content_type="text/plain", message_body="short and stout"
            ),
        )
        CfnOutput(self, "Address", value=balancer.load_balancer_dns_name)

    def targets(self) -> dict[str, object]:
        """What every target group has in common."""
        return {
            "port": 8080,
            "protocol": elbv2.ApplicationProtocol.HTTP,
            "deregistration_delay": Duration.seconds(0),
            "health_check": elbv2.HealthCheck(
                path="/healthz",
                interval=Duration.seconds(5),
                timeout=Duration.seconds(2),
                healthy_threshold_count=2,
                healthy_http_codes="200-299",
            ),
        }

    def service(self, name: str) -> ecs.FargateService:
        """One service of the shop, in two tasks for the front and one for the others."""
        task = ecs.FargateTaskDefinition(self, f"{name}Task", cpu=256, memory_limit_mib=512)
        task.add_container(
            name,
            image=ecs.ContainerImage.from_ecr_repository(self.images, "1.0"),
            environment={"SAY": name},
            port_mappings=[ecs.PortMapping(container_port=8080, name=name)],
            logging=ecs.LogDrivers.aws_logs(stream_prefix=name),
            health_check=None,
            readonly_root_filesystem=True,
            user="1000",
            stop_timeout=Duration.seconds(10),
        )
        return ecs.FargateService(
            self,
            name,
            cluster=self.cluster,
            task_definition=task,
            desired_count=2 if name == "frontend" else 1,
            assign_public_ip=True,
            availability_zone_rebalancing=ecs.AvailabilityZoneRebalancing.ENABLED,
            circuit_breaker=ecs.DeploymentCircuitBreaker(rollback=True),
            min_healthy_percent=100,
        )
