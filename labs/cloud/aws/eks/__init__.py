"""EKS's own API, whole; no Kubernetes behind it.

moto has clusters, node groups and Fargate profiles that are always active and checks nothing. Here roles,
subnets, versions and settings are validated, security groups and Auto Scaling groups really are made, and
add-ons, access entries, Pod Identity, updates and tags exist. Insights, capabilities, registered clusters and
identity providers are refused by name.

`responses` takes a call to the backend, whose parts build on each other: `region` (what is kept, updates,
tags), `access`, `clusters`, `node_groups`, `fargate_profiles`, `addons`. `validation` and `settings` judge
what is asked for, `surroundings` looks up and makes what EKS needs in the rest of the account.
"""

from __future__ import annotations

from moto.eks import models, urls

from labs.cloud.aws.eks.addons import EksBackend
from labs.cloud.aws.eks.responses import paths
from labs.cloud.runtime import Runtime


def install(runtime: Runtime) -> None:
    """Make moto's EKS this one."""
    EksBackend.runtime = runtime
    EksBackend.__module__ = models.__name__  # moto finds a service's URLs through its backend's module
    models.eks_backends.backend = EksBackend
    urls.url_paths = paths()
