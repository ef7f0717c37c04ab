"""What stands in for the outside world where there is none: a Messages server that plays scripts and faults.

The notebooks' offline demo and the tests talk to it through the real client, over real sockets.
"""

from __future__ import annotations

from .messages_server import MessagesServer
from .replies import Death, Failure, Reply, Text, Thinking, ToolUse

__all__ = ["Death", "Failure", "MessagesServer", "Reply", "Text", "Thinking", "ToolUse"]
