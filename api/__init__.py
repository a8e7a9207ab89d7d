"""The HTTP door: starts work, does none."""
