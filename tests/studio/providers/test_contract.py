"""What all providers of all roles have in common."""

from __future__ import annotations

import re
from typing import Any

import pytest

from studio.errors import ProviderNotReady, UnknownName
from studio.providers import all_catalogs
from studio.providers.align import Aligner
from studio.providers.catalog import Catalog
from studio.providers.embed import Embedder
from studio.providers.footage import FootageSource
from studio.providers.imagegen import ImageModel
from studio.providers.llm import LLM
from studio.providers.music import Music
from studio.providers.publish import Publisher
from studio.providers.research import Researcher
from studio.providers.storage import Storage
from studio.providers.trends import TrendSource
from studio.providers.tts import TTS
from studio.settings import Settings

PROTOCOLS: dict[str, Any] = {
    "align": Aligner,
    "embed": Embedder,
    "footage": FootageSource,
    "imagegen": ImageModel,
    "llm": LLM,
    "music": Music,
    "publish": Publisher,
    "research": Researcher,
    "storage": Storage,
    "trends": TrendSource,
    "tts": TTS,
}
CATALOGS = {catalog.role: catalog for catalog in all_catalogs()}
PROVIDERS = [(catalog, name) for catalog in CATALOGS.values() for name in catalog]
EACH = pytest.mark.parametrize(("catalog", "name"), PROVIDERS, ids=[f"{each.role}/{name}" for each, name in PROVIDERS])


def test_every_role_is_looked_at() -> None:
    assert set(CATALOGS) == set(PROTOCOLS)
    assert len(PROVIDERS) > 20


@EACH
def test_a_provider_has_the_name_it_is_listed_by_and_does_what_its_role_asks(catalog: Catalog[Any], name: str) -> None:
    provider = catalog.open(name)

    assert provider.name == name
    assert isinstance(provider, PROTOCOLS[catalog.role])


@EACH
def test_a_provider_is_ready_or_says_what_to_set_and_what_works_without(catalog: Catalog[Any], name: str) -> None:
    try:
        catalog.open(name).check()
    except ProviderNotReady as error:
        said = str(error)
        others = "|".join(f"'{other}'" for other in catalog if other != name)

        assert said.startswith(f"{catalog.role} '{name}': ")
        assert re.search(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b|\bpip install\b|\bpackage\b", said)
        assert re.search(rf"{others or '$^'}|without|drawn", said)


@pytest.mark.parametrize("role", list(CATALOGS))
def test_a_name_that_is_not_listed_is_answered_with_those_that_are(role: str) -> None:
    with pytest.raises(UnknownName, match=", ".join(CATALOGS[role])):
        CATALOGS[role].open("nobody")


@pytest.mark.parametrize("role", sorted(set(PROTOCOLS) - {"storage", "publish"}))
def test_the_order_of_a_role_names_providers_that_are_there(role: str) -> None:
    assert set(Settings.model_fields[role].default) <= set(CATALOGS[role])
