"""Orders, with a table, a password that nobody typed and a setting."""

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_ssm as ssm
from constructs import Construct


class SecretsAndTable(Stack):
    """A service with secrets from Secrets Manager and Parameter Store, and grants on a table."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        vpc = ec2.Vpc(self, "Vpc", max_azs=2, nat_gateways=0)
        vpc.add_gateway_endpoint("DynamoDb", service=ec2.GatewayVpcEndpointAwsService.DYNAMODB)
        table = dynamodb.Table(
            self,
            "Orders",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute="expires",
            removal_policy=RemovalPolicy.DESTROY,
        )
        table.add_global_secondary_index(
            index_name="by-customer",
            partition_key=dynamodb.Attribute(name="customer", type=dynamodb.AttributeType.STRING),
        )
        password = secretsmanager.Secret(
            self,
            "Password",
            description="the till's password",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template='{"username": "till"}',
                generate_string_key="password",
                password_length=24,
                exclude_punctuation=True,
            ),
        )
        setting = ssm.StringParameter(
            self, "Opening", parameter_name="/frenchbakery/opening", string_value="06:30"
        )
        task = ecs.FargateTaskDefinition(self, "Task", cpu=256, memory_limit_mib=512)
        images = ecr.Repository.from_repository_name(self, "Images", "frenchbakery/web")
        task.add_container(
            "web",
            image=ecs.ContainerImage.from_ecr_repository(images, "1.0"),
            port_mappings=[ecs.PortMapping(container_port=8080)],
            health_check=ecs.HealthCheck(command=["CMD-SHELL", "exit 0"], interval=Duration.seconds(5)),
            environment={"TABLE": table.table_name},
            secrets={
                "PASSWORD": ecs.Secret.from_secrets_manager(password, "password"),
                "OPENING": ecs.Secret.from_ssm_parameter(setting),
            },
            logging=ecs.LogDrivers.aws_logs(stream_prefix="orders"),
        )
        table.grant_read_write_data(task.task_role)
        ecs.FargateService(
            self,
            "Service",
            cluster=ecs.Cluster(self, "Cluster", vpc=vpc),
            task_definition=task,
            desired_count=1,
            assign_public_ip=True,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            min_healthy_percent=100,
        )
