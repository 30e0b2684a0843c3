"""moto's ELBv2 parameters and answers, where they lose something."""

from __future__ import annotations

from moto.core.responses import ActionResult, EmptyResult
from moto.elbv2.exceptions import ValidationError
from moto.elbv2.responses import ELBV2Response

from labs.cloud.aws.elbv2.errors import not_emulated


class ElbResponse(ELBV2Response):
    """moto's parameters and answers, where they lose something."""

    def create_listener(self) -> ActionResult:
        """Mutual TLS is refused: it would be lost in silence."""
        self._refuse_mutual_tls()
        return super().create_listener()

    def modify_listener(self) -> ActionResult:
        """Mutual TLS is refused: it would be lost in silence."""
        self._refuse_mutual_tls()
        return super().modify_listener()

    def _refuse_mutual_tls(self) -> None:
        if (self._get_param("MutualAuthentication.Mode") or "off") != "off":
            raise not_emulated("Mutual TLS authentication")

    def create_rule(self) -> ActionResult:
        """Transforms are refused: they would be lost in silence."""
        if self._get_params().get("Transforms"):
            raise not_emulated("Transforms of a rule")
        return super().create_rule()

    def modify_rule(self) -> ActionResult:
        """Transforms are refused: they would be lost in silence."""
        if self._get_params().get("Transforms"):
            raise not_emulated("Transforms of a rule")
        return super().modify_rule()

    def delete_load_balancer(self) -> ActionResult:
        """An ARN that is none is an error."""
        arn = self._get_param("LoadBalancerArn") or ""
        if ":loadbalancer/" not in arn:
            raise ValidationError(f"'{arn}' is not a valid load balancer ARN")
        self.elbv2_backend.delete_load_balancer(arn)
        return EmptyResult()

    def modify_target_group_attributes(self) -> ActionResult:
        """All attributes are returned, not only those given."""
        super().modify_target_group_attributes()
        return self.describe_target_group_attributes()
