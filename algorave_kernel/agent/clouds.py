"""Claude in somebody's own cloud: which one, where in it, and what its models are called there. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from .models import ALIASES

WRITTEN = re.compile(
    r"bedrock://(?P<aws>[a-z0-9-]{1,40})/?|vertex://(?P<project>[a-z][a-z0-9:.-]{1,100})/(?P<gcp>[a-z0-9-]{1,40})/?"
)
HOW = "bedrock://REGION or vertex://PROJECT/REGION"


@dataclass(frozen=True, slots=True)
class Cloud:
    """A place in a cloud. Its credentials are found where that cloud's own tools put them."""

    kind: Literal["bedrock", "vertex"]
    region: str
    project: str = ""

    @property
    def name(self) -> str:
        """What people call it."""
        called = {"bedrock": "Amazon Bedrock", "vertex": "Google Vertex AI"}[self.kind]
        return f"{called} ({self.region})"

    @property
    def extra(self) -> str:
        """What of this package has to be installed for it."""
        return f'pip install "algorave[{self.kind}]"'

    def model(self, name: str) -> str:
        """The id there of one of our aliases or of Anthropic's ids; any other id is its own."""
        found = ALIASES.get(name, name)
        return f"anthropic.{found}" if self.kind == "bedrock" and found.startswith("claude-") else found


def cloud_at(address: str | None) -> Cloud | None:
    """The cloud that an address names; None for an address of the web. Raises ValueError for half of one."""
    if address is None or not address.startswith(("bedrock:", "vertex:")):
        return None
    found = WRITTEN.fullmatch(address)
    if found is None:
        raise ValueError(f"a cloud is written {HOW}")
    if found["aws"]:
        return Cloud("bedrock", found["aws"])
    return Cloud("vertex", found["gcp"], found["project"])
