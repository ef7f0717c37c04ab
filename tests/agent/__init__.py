"""Tests of the agent: over real sockets, with the real client library and the real engine."""
