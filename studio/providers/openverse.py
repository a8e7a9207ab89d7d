"""Openverse, a catalogue of openly licensed works: what pictures and music have in common. Source: api.openverse.org/v1."""

from __future__ import annotations

from typing import Final

from studio.models.asset import Credit
from studio.providers.fields import Row, address_of, text_of
from studio.providers.licences import licence_address, licence_of
from studio.providers.vendor import Vendor
from studio.settings import EnvSettings

ASKED: Final = 20
"""More in one request are refused to those without a key."""

SEARCH_S: Final = 20.0


class OpenverseSettings(EnvSettings):
    """Where it is."""

    openverse_root_url: str = "https://api.openverse.org"


def vendor_of(role: str) -> Vendor:
    """Openverse, asked by *role*."""
    return Vendor(role, "openverse", OpenverseSettings().openverse_root_url, timeout_s=SEARCH_S)


def credit_of(row: Row) -> Credit | None:
    """Whose a picture or piece of music is and under which free licence; None where it has none."""
    licence = licence_of(row.get("license"), row.get("license_version"))
    if not licence:
        return None
    return Credit(
        title=text_of(row.get("title")) or "Untitled",
        author=text_of(row.get("creator")) or "unknown",
        licence=licence,
        url=address_of(row.get("foreign_landing_url")),
        licence_url=address_of(row.get("license_url")) or licence_address(licence),
    )
