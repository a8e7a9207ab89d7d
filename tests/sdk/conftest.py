"""A home for the application whose document the SDKs are compared with."""

from tests.api.conftest import home  # noqa: F401  (a fixture)
