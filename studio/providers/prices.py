"""What a call costs: the operator's price list first, then ours, then the published prices that come in a package."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, RootModel, ValidationError

from studio.errors import BadInput, reason_of
from studio.providers.till import Quote, Units
from studio.settings import EnvSettings

MILLION = Decimal(1_000_000)

_VENDORS = {"gemini": "google"}
"""Providers that the package knows under another name."""

_UNITS = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cached_tokens": "cache_read_tokens",
    "characters": "input_characters",
}
"""Our units by the package's names; it prices no others."""


class PriceSettings(EnvSettings):
    """Prices of one's own."""

    prices: Path | None = None
    """JSON: {"provider/model": {"input_tokens": 0.25}}, dollars a million; "provider/*" for all its models."""


class _Line(BaseModel):
    """
    Dollars for a million of each unit.

    *host* is where the price holds, anywhere without one; *source* is where it was read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = ""
    source: str = ""

    requests: Decimal = Decimal(0)
    input_tokens: Decimal = Decimal(0)
    output_tokens: Decimal = Decimal(0)
    cached_tokens: Decimal | None = None
    characters: Decimal = Decimal(0)
    images: Decimal = Decimal(0)
    trends: Decimal = Decimal(0)

    def tells(self, quote: Quote, units: Units) -> bool:
        """Whether it is a price of this call: one that names none of what was used is not."""
        named = self.model_fields_set - {"host", "source"}
        is_there = not self.host or not quote.address or urlsplit(quote.address).hostname == self.host
        return is_there and (not named or not named.isdisjoint(units))

    def cost(self, units: Units) -> Decimal:
        cached = Decimal(str(units.get("cached_tokens", 0)))
        total = Decimal(0) if self.cached_tokens is None else (self.cached_tokens - self.input_tokens) * cached
        for unit in ("requests", "input_tokens", "output_tokens", "characters", "images", "trends"):
            total += getattr(self, unit) * Decimal(str(units.get(unit, 0)))
        return total / MILLION


LISTED = Path(__file__).parent / "prices.json"
"""Prices that the package has not, or has not for what we use; each names its source."""


class _List(RootModel[dict[str, _Line]]):
    """A whole price list."""


def cost_of(quote: Quote, units: Units) -> int | None:
    """
    Millionths of a dollar for *units* of the call that *quote* announces; None where no price is known.

    What runs on the operator's own machines costs nothing. Source of published prices: the package genai-prices.

    Raises:
        BadInput: PRICES is no price list.
    """
    own = _own_prices(PriceSettings().prices)
    for line in (own.get(f"{quote.provider}/{quote.model}"), own.get(f"{quote.provider}/*")):
        if line and line.tells(quote, units):
            return _micro(line.cost(units))
    if _is_private(quote.address):
        return 0
    listed = _listed_prices().get(f"{quote.provider}/{quote.model}")
    if listed and listed.tells(quote, units):
        return _micro(listed.cost(units))
    if not any(units.get(unit) for unit in (*_UNITS, "images")):
        return 0
    published = _published(quote, units)
    return None if published is None else _micro(published)


def price_warning(quote: Quote) -> str:
    """That nobody knows what the call costs, and what comes of that; empty where it is known."""
    if cost_of(quote, quote.units) is not None:
        return ""
    return (
        f"{quote.role} {quote.provider!r}: no price is known for {quote.model!r}, so its calls are counted without one "
        "and are not made where a BUDGET_… is set; name its price in PRICES"
    )


def _published(quote: Quote, units: Units) -> Decimal | None:
    from genai_prices import Usage, calc_price

    known = {_UNITS[unit]: int(amount) for unit, amount in units.items() if unit in _UNITS and amount}
    # Pictures whose tokens are counted are billed by those alone.
    if set(units) - set(_UNITS) - {"requests", "images"} or not known:
        return None
    usage = Usage(**known)
    try:
        if quote.address:
            found = calc_price(usage, quote.model, provider_api_url=quote.address)
        else:
            found = calc_price(usage, quote.model, provider_id=_VENDORS.get(quote.provider, quote.provider))
    except LookupError:
        return None
    # A model without a price for what was used is not free.
    return found.total_price or None


@cache
def _listed_prices() -> Mapping[str, _Line]:
    return _List.model_validate_json(LISTED.read_bytes()).root


@cache
def _own_prices(path: Path | None) -> Mapping[str, _Line]:
    if path is None:
        return {}
    try:
        return _List.model_validate(json.loads(path.read_text("utf-8"))).root
    except OSError as error:
        raise BadInput(f"{path} cannot be read", field="PRICES") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = " → ".join(str(part) for part in first["loc"])
        raise BadInput(f"{where}: {reason_of(first)}", field="PRICES") from error
    except ValueError as error:
        raise BadInput(f"{path} is no JSON", field="PRICES") from error


def _micro(dollars: Decimal) -> int:
    return int((dollars * MILLION).to_integral_value(ROUND_HALF_UP))


def _is_private(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
