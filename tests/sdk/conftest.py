"""A home for the application whose document the SDKs are compared with."""

from tests.api.conftest import home, migrated_database  # noqa: F401  (fixtures)
