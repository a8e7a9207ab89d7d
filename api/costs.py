"""What films cost and would cost: the ledger's rows, summed up for whoever owns them."""

from __future__ import annotations

import statistics
from collections.abc import Collection, Sequence

from api.films import speaker_of
from api.schemas.costs import Cost, FilmCost, PaidCalls
from store.repos.purchases import Paid, Purchases
from store.session import reading
from studio.models.brief import Brief
from studio.providers import imagegen, llm
from studio.providers.fallback import ready, ready_ones
from studio.settings import get_settings

MICRO = 1_000_000

KEYLESS = ("embedded",)
"""Writers that cost nothing."""


def costs_of(video_ids: Collection[str]) -> dict[str, FilmCost]:
    """What each of the films cost so far."""
    with reading() as session:
        paid = Purchases(session).paid(video_ids)
    return {video_id: _summed(calls) for video_id, calls in paid.items()}


def cost_of(video_id: str) -> FilmCost:
    """What one film cost so far."""
    return costs_of([video_id])[video_id]


def amount_of(micro: Sequence[int | None]) -> float | None:
    """US dollars; None where one of the prices is not known: a sum of the others would say too little."""
    known = [each for each in micro if each is not None]
    return sum(known) / MICRO if len(known) == len(micro) else None


def in_dollars(micro: int | None) -> Cost:
    """An amount as it is shown."""
    return Cost(amount=amount_of([micro]))


def charged_for(brief: Brief) -> list[str]:
    """Who would work on the film for money: its writer, its voice, and whoever paints what is not found."""
    settings, found = get_settings(), []
    writer = "" if brief.script.strip() else ready(llm.catalog, settings.llm)[0].name
    if writer not in ("", *KEYLESS):
        found.append(f"the writer {writer!r}")
    speaker = None if brief.narration else speaker_of(brief)
    if speaker and speaker.provider.quote("a", voice=speaker.voice):
        found.append(f"the voice {speaker.id!r}")
    painters = ready_ones(imagegen.catalog, settings.imagegen) if brief.footage else ()
    return [*found, *(f"the painter {each.name!r}" for each in painters)]


def usual_cost(lasts_s: int) -> float | None:
    """What films of this length came to here, in US dollars; None before there are any whose prices are known."""
    with reading() as session:
        rates = Purchases(session).rates()
    return round(statistics.median(rates) * lasts_s, 4) if rates else None


def _summed(calls: Sequence[Paid]) -> FilmCost:
    groups: dict[tuple[str, str, str], list[Paid]] = {}
    for call in calls:
        groups.setdefault((call.role, call.provider, call.model), []).append(call)
    purchases = [_group(*names, group) for names, group in groups.items()]
    return FilmCost(amount=amount_of([call.cost for call in calls]), purchases=purchases)


def _group(role: str, provider: str, model: str, calls: Sequence[Paid]) -> PaidCalls:
    units: dict[str, float] = {}
    for call in calls:
        for name, amount in call.units.items():
            units[name] = units.get(name, 0) + amount
    cost = amount_of([call.cost for call in calls])
    return PaidCalls(role=role, provider=provider, model=model, calls=len(calls), units=units, cost=cost)
