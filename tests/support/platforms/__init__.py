"""Platforms on this machine: they check the protocol, keep what they were sent, and fail where a test says so."""
