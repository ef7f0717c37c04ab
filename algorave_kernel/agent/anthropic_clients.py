"""The library's client for each place that Claude is asked at. What it would guess is given."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

from .clouds import Cloud
from .key import Secret
from .provider import ProviderTrouble

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic, Timeout

CONNECT_LIMIT_S = 5.0
RETRIES = 2
#: What of a cloud's own tools has to be there.
NEEDED = {"bedrock": "botocore", "vertex": "google"}


def client_at(place: str | Cloud, key: Secret, silence_limit_s: float) -> AsyncAnthropic:
    """A client for a web address or a cloud. Raises ProviderTrouble where its tools are missing."""
    import anthropic

    timeout = anthropic.Timeout(silence_limit_s, connect=CONNECT_LIMIT_S)
    if isinstance(place, Cloud):
        return _cloud_client(place, timeout)
    return anthropic.AsyncAnthropic(
        api_key=key.reveal(), base_url=place, timeout=timeout, max_retries=RETRIES, open_telemetry=False
    )


def _cloud_client(cloud: Cloud, timeout: Timeout) -> AsyncAnthropic:
    if find_spec(NEEDED[cloud.kind]) is None:
        raise ProviderTrouble("key", f"for {cloud.name} something is missing: {cloud.extra}")
    made: object
    if cloud.kind == "bedrock":
        from anthropic.lib.bedrock import AsyncAnthropicBedrock

        made = AsyncAnthropicBedrock(
            aws_region=cloud.region, timeout=timeout, max_retries=RETRIES, open_telemetry=False
        )
    else:
        from anthropic.lib.vertex import AsyncAnthropicVertex

        made = AsyncAnthropicVertex(
            region=cloud.region,
            project_id=cloud.project,
            timeout=timeout,
            max_retries=RETRIES,
            open_telemetry=False,
        )
    # Another class with the same `messages` and `close`, which are all that is used of it.
    return cast("AsyncAnthropic", made)
