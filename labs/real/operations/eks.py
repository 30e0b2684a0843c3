"""EKS: clusters and what runs pods in them."""

from __future__ import annotations

from labs.real.operations.model import MAP, Named, Table, at, change, delete, make, within, without

EKS_CLUSTER = Named("eks:cluster", at("clusterName"))

EKS: Table = {
    "CreateCluster": make(
        "eks:cluster",
        MAP,
        "cluster.arn",
        at("name"),
        uses=(
            Named("iam:role", at("roleArn")),
            Named("ec2:subnet", at("resourcesVpcConfig.subnetIds")),
            Named("ec2:security-group", at("resourcesVpcConfig.securityGroupIds")),
        ),
        forbids=without("deletionProtection", "logging.clusterLogging[?enabled]"),
    ),
    "CreateNodegroup": make(
        "eks:nodegroup",
        MAP,
        "nodegroup.nodegroupArn",
        within("clusterName", "nodegroupName", "eks:cluster"),
        uses=(EKS_CLUSTER, Named("iam:role", at("nodeRole")), Named("ec2:subnet", at("subnets"))),
    ),
    "CreateFargateProfile": make(
        "eks:fargate-profile",
        MAP,
        "fargateProfile.fargateProfileArn",
        within("clusterName", "fargateProfileName", "eks:cluster"),
        uses=(
            EKS_CLUSTER,
            Named("iam:role", at("podExecutionRoleArn")),
            Named("ec2:subnet", at("subnets")),
        ),
    ),
    **change(
        "UpdateClusterConfig UpdateClusterVersion",
        Named("eks:cluster", at("name")),
        uses=(
            Named("ec2:subnet", at("resourcesVpcConfig.subnetIds")),
            Named("ec2:security-group", at("resourcesVpcConfig.securityGroupIds")),
        ),
        forbids=without("deletionProtection", "logging.clusterLogging[?enabled]"),
    ),
    **change(
        "CreateAddon UpdateAddon DeleteAddon CreateAccessEntry DeleteAccessEntry AssociateAccessPolicy "
        "CreatePodIdentityAssociation DeletePodIdentityAssociation",
        EKS_CLUSTER,  # these go with their cluster
    ),
    "DeleteNodegroup": delete("eks:nodegroup", within("clusterName", "nodegroupName", "eks:cluster")),
    "DeleteFargateProfile": delete(
        "eks:fargate-profile", within("clusterName", "fargateProfileName", "eks:cluster")
    ),
    "DeleteCluster": delete("eks:cluster", at("name")),
}
