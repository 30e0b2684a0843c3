"""Parameter Store lists what the account keeps, not what AWS publishes for everybody."""

from __future__ import annotations

from tests.cloud.running import RunningCloud


def test_public_parameters_are_read_and_not_listed(cloud: RunningCloud) -> None:
    ssm = cloud.client("ssm")
    ssm.put_parameter(Name="/bakery/opening", Value="06:30", Type="String")
    image = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
    assert ssm.get_parameter(Name=image)["Parameter"]["Value"].startswith("ami-")
    assert [found["Name"] for found in ssm.describe_parameters()["Parameters"]] == ["/bakery/opening"]
