"""Who can do what: a folder a role, a file a provider."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from studio.providers.catalog import Catalog


def all_catalogs() -> list[Catalog[Any]]:
    """The catalog of every role."""
    roles = [module.name for module in iter_modules(__path__) if module.ispkg]
    return [import_module(f"{__name__}.{role}").catalog for role in roles]
