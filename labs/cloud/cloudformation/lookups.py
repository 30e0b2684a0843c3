"""What templates ask of the cloud: ids that exist, stored parameters, secrets, zones, templates in S3.

Read from moto's state under the lock, in no time: an API call asks this while it is being answered, so it must not
call the cloud over HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import unquote, urlparse

from moto.core.exceptions import ServiceException
from werkzeug.exceptions import HTTPException

from labs.cloud.cloudformation.dynamic import dereference
from labs.cloud.cloudformation.errors import TemplateError
from labs.cloud.cloudformation.template import LARGEST_OBJECT
from labs.cloud.runtime import Runtime

# A template of the AWS CDK reads the version of the account's bootstrap stack. What that stack holds (a bucket and
# roles to publish assets with) is not needed here, so the local cloud counts as bootstrapped, with this version.
BOOTSTRAP = re.compile(r"/cdk-bootstrap/[a-z0-9]+/version")
BOOTSTRAP_VERSION = "30"

_BUCKET_HOST = re.compile(r"(?P<bucket>.+)\.s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com")
_S3_HOST = re.compile(r"s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com")


@dataclass(frozen=True)
class Lookups:
    """One Region's."""

    runtime: Runtime
    region: str

    def exists(self, kind: str, value: str) -> bool:
        """See parameters.Directory."""
        with self.runtime.lock:
            return bool(value) and _EXISTS[kind](self, value)

    def stored(self, name: str) -> str | None:
        """See parameters.Directory."""
        from labs.cloud.aws import ssm

        with self.runtime.lock:
            parameter = ssm.backends()[self.runtime.account_id][self.region].get_parameter(name)
        if parameter is None:
            return BOOTSTRAP_VERSION if BOOTSTRAP.fullmatch(name) else None
        if parameter.parameter_type == "SecureString":
            raise TemplateError(
                f"Parameters [{name}] referenced by template have types not supported by CloudFormation."
            )
        return str(parameter.value)

    def by(self, access_key_id: str, role_arn: str | None) -> Lookups:
        """The same, reading Parameter Store by the rights of a stack's role, else of the caller."""
        return _Judged(self.runtime, self.region, access_key_id, role_arn)

    def zones(self, region: str) -> list[str]:
        """The names of a Region's Availability Zones."""
        from moto.ec2.models import ec2_backends

        with self.runtime.lock:
            try:
                zones = ec2_backends[self.runtime.account_id][region].describe_availability_zones()
            except KeyError:
                raise TemplateError(f"Template error: Fn::GetAZs: there is no Region {region}") from None
            return [zone.name for zone in zones]

    def dereference(self, caller: str, value: Any) -> Any:
        """`value` with its dynamic references replaced, by the rights of the access key `caller`."""
        return dereference(value, partial(self._parameter, caller), partial(self._secret, caller))

    def _check(self, caller: str, action: str, resource: str) -> None:
        arn = self._arn(action.partition(":")[0], resource)
        if denied := self.runtime.authorizer.key_denial(caller, action, arn):
            raise TemplateError(denied)

    def _arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.runtime.account_id}:{resource}"

    def _parameter(self, caller: str, name: str, version: str, secure: bool) -> str:
        from labs.cloud.aws import ssm

        with self.runtime.lock:
            self._check(caller, "ssm:GetParameters", f"parameter/{name.strip('/')}")
            backend = ssm.backends()[self.runtime.account_id][self.region]
            parameter = backend.get_parameter(f"{name}:{version}" if version else name)
            if parameter is None:
                raise TemplateError(
                    f"Parameters: [{'ssm-secure' if secure else 'ssm'}:{name}] cannot be found."
                )
            if (parameter.parameter_type == "SecureString") != secure:
                raise TemplateError(
                    f"Parameters [{name}] referenced by template have types not supported by CloudFormation."
                )
            return str(parameter.response_object(decrypt=True, region=self.region)["Value"])

    def _secret(self, caller: str, name: str, stage: str, version: str) -> str:
        from moto.secretsmanager.models import secretsmanager_backends

        with self.runtime.lock:
            backend = secretsmanager_backends[self.runtime.account_id][self.region]
            known = backend.secrets.get(name)
            arn = known.arn if known else f"{name}-??????"
            self._check(caller, "secretsmanager:GetSecretValue", f"secret:{arn.rpartition(':')[2]}")
            try:
                found = backend.get_secret_value(
                    name, version, stage or "" if version else stage or "AWSCURRENT"
                )
            except (ServiceException, HTTPException) as error:
                why = getattr(error, "message", None) or getattr(error, "description", str(error))
                raise TemplateError(f"Secrets Manager: {name}: {why}") from None
            if "SecretString" not in found:
                raise TemplateError(f"Secrets Manager: {name} has no SecretString.")
            return str(found["SecretString"])

    def template(self, url: str) -> str:
        """The text of a template in this cloud's S3. Raises TemplateError."""
        from moto.s3.exceptions import MissingBucket
        from moto.s3.models import s3_backends

        bucket, key = self._address(url)
        with self.runtime.lock:
            try:
                found = s3_backends[self.runtime.account_id]["aws"].get_object(bucket, key)
            except MissingBucket:
                raise TemplateError("S3 error: The specified bucket does not exist") from None
            content = None if found is None else found.value
        if content is None:
            raise TemplateError("S3 error: The specified key does not exist.")
        if len(content) > LARGEST_OBJECT:
            raise TemplateError(f"Template may not exceed {LARGEST_OBJECT} bytes in size.")
        try:
            return str(content.decode())
        except UnicodeDecodeError:
            raise TemplateError("Template format error: the template is not UTF-8 text.") from None

    def _address(self, url: str) -> tuple[str, str]:
        address = urlparse(url)
        path = unquote(address.path).lstrip("/")
        host = address.hostname or ""
        if found := _BUCKET_HOST.fullmatch(host):
            return found["bucket"], path
        if address.netloc in self.runtime.hosts or _S3_HOST.fullmatch(host):
            bucket, _, key = path.partition("/")
            return bucket, key
        raise TemplateError("TemplateURL must be a supported URL: an object in this cloud's S3.")


@dataclass(frozen=True)
class _Judged(Lookups):
    access_key_id: str
    role_arn: str | None

    def stored(self, name: str) -> str | None:
        authorizer = self.runtime.authorizer
        action, arn = "ssm:GetParameters", self._arn("ssm", f"parameter/{name.strip('/')}")
        with self.runtime.lock:
            denied = (
                authorizer.denial(self.role_arn, action, arn)
                if self.role_arn
                else authorizer.key_denial(self.access_key_id, action, arn)
            )
            if denied:
                raise TemplateError(denied)
            return super().stored(name)


def _ec2(find: Callable[[Any, str], Any]) -> Callable[[Lookups, str], bool]:
    def exists(lookups: Lookups, value: str) -> bool:
        from moto.ec2.models import ec2_backends

        try:
            return bool(find(ec2_backends[lookups.runtime.account_id][lookups.region], value))
        except Exception as error:
            if isinstance(error, ServiceException | HTTPException):
                return False  # each of moto's look-ups has its own Invalid…NotFound
            raise

    return exists


def _hosted_zone(lookups: Lookups, value: str) -> bool:
    from moto.route53.models import route53_backends

    return value in route53_backends[lookups.runtime.account_id]["aws"].zones


_EXISTS: dict[str, Callable[[Lookups, str], bool]] = {
    "AWS::EC2::AvailabilityZone::Name": lambda lookups, value: value in lookups.zones(lookups.region),
    "AWS::EC2::Image::Id": _ec2(lambda ec2, value: ec2.describe_images(ami_ids=[value])),
    "AWS::EC2::Instance::Id": _ec2(lambda ec2, value: ec2.get_instance(value)),
    "AWS::EC2::KeyPair::KeyName": _ec2(lambda ec2, value: value in ec2.keypairs),
    "AWS::EC2::SecurityGroup::GroupName": _ec2(
        lambda ec2, value: any(
            group.name == value for groups in ec2.groups.values() for group in groups.values()
        )
    ),
    "AWS::EC2::SecurityGroup::Id": _ec2(lambda ec2, value: ec2.get_security_group_from_id(value)),
    "AWS::EC2::Subnet::Id": _ec2(lambda ec2, value: ec2.get_subnet(value)),
    "AWS::EC2::Volume::Id": _ec2(lambda ec2, value: ec2.get_volume(value)),
    "AWS::EC2::VPC::Id": _ec2(lambda ec2, value: ec2.get_vpc(value)),
    "AWS::Route53::HostedZone::Id": _hosted_zone,
}
