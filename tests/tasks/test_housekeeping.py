"""What nobody needs is removed, and nothing else."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from store.repos.purchases import Purchases
from store.repos.scans import Scans
from store.repos.trends import Trends
from store.repos.users import NO_PASSWORD, Users
from store.repos.videos import Videos
from store.session import reading, transaction
from store.tables.assets import StoredAsset
from store.tables.base import utc_now
from store.tables.purchases import Purchase
from store.tables.social import Publication
from store.tables.users import User
from studio.models.brief import Brief
from studio.models.plan import all_plans
from studio.models.trend import Reading, Sighting
from studio.providers import trends
from studio.providers.storage import Storage, open_storage, store_file
from studio.providers.till import Quote
from studio.settings import get_settings
from tasks.housekeeping import clear_work_folders, prune_trends, remove_expired_films, sweep_unused_objects
from tests.support.migrated import take_migrated

DAY_S = 24 * 3600


@pytest.fixture(autouse=True)
def home(fresh_home: Path) -> Path:
    take_migrated(fresh_home)
    return fresh_home


@pytest.fixture
def storage(home: Path) -> Storage:
    return open_storage(get_settings())


def owner(plan: str = "free") -> str:
    with transaction() as session:
        user = User(username=f"{plan}@example.com", email="a@example.com", password_hash=NO_PASSWORD, plan=plan)
        return Users(session).add(user).id


def film(owner_id: str, *, days_ago: float | None, **values: object) -> str:
    with transaction() as session:
        videos = Videos.of_everyone(session)
        video = videos.add(Brief(title="Tides"), owner_id=owner_id)
        completed_at = None if days_ago is None else utc_now() - timedelta(days=days_ago)
        videos.change(video.id, completed_at=completed_at, **values)
        return video.id


def films() -> set[str]:
    with reading() as session:
        return {video.id for video in Videos.of_everyone(session).all()}


def an_object(storage: Storage, folder: Path, content: str, *, hours_old: float) -> str:
    path = folder / "object.bin"
    path.write_text(content)
    key = store_file(storage, path, kind="data").key
    then = time.time() - hours_old * 3600
    os.utime(storage.fetch(key), (then, then))
    return key


def test_without_a_plan_that_says_so_every_film_is_kept() -> None:
    old = film(owner(), days_ago=5_000)

    assert remove_expired_films.fn() == 0
    assert films() == {old}


def test_films_are_kept_as_long_as_the_plan_of_their_owner_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANS", '{"free": {"kept_days": 7}}')
    all_plans.cache_clear()
    free, paid = owner("free"), owner("paid")
    kept = {film(free, days_ago=6.9), film(free, days_ago=None), film(paid, days_ago=900)}
    film(free, days_ago=7.1)
    try:
        assert remove_expired_films.fn() == 1
    finally:
        all_plans.cache_clear()
    assert films() == kept


def test_only_what_is_old_and_nobody_points_at_is_swept(storage: Storage, tmp_path: Path) -> None:
    user = owner()
    orphan = an_object(storage, tmp_path, "orphan", hours_old=25)
    young = an_object(storage, tmp_path, "young", hours_old=23)
    shown = an_object(storage, tmp_path, "shown", hours_old=99)
    asked = an_object(storage, tmp_path, "asked for", hours_old=99)
    owned = an_object(storage, tmp_path, "owned", hours_old=99)
    bought = an_object(storage, tmp_path, "bought", hours_old=99)
    watched = an_object(storage, tmp_path, "watched", hours_old=99)
    film(user, days_ago=None, previews=[watched])
    film(user, days_ago=1, timeline={"clips": [{"key": shown}]}, brief={"title": "x", "assets": [asked]})
    with transaction() as session:
        session.add(StoredAsset(owner_id=user, key=owned, filename="a", kind="image", media_type="image/png", size=1))
        purchases = Purchases(session)
        quote = Quote("tts", "elevenlabs", "", "k", {"characters": 1})
        row = purchases.reserve(quote, cost=1, owner_id=user, video_id=None, holder={}, lease=timedelta(seconds=9))
        purchases.settle(row.id, answer={"audio": {"key": bought}}, units={}, cost=1, fresh_s=None)

    assert sweep_unused_objects.fn() == 1
    assert not storage.exists(orphan)
    assert all(storage.exists(key) for key in (young, shown, asked, owned, bought, watched))


def test_what_is_put_or_used_again_is_young_again(storage: Storage, tmp_path: Path) -> None:
    put, used = (an_object(storage, tmp_path, text, hours_old=99) for text in ("put", "used"))
    (tmp_path / "again.bin").write_text("put")
    store_file(storage, tmp_path / "again.bin", kind="data")
    storage.touch(used)

    assert sweep_unused_objects.fn() == 0
    assert storage.exists(put)
    assert storage.exists(used)


def test_only_folders_of_renders_that_are_long_gone_are_cleared(home: Path) -> None:
    for name, hours in (("task_1.11", 25), ("task_2.12", 1)):
        (home / "work" / name).mkdir(parents=True)
        then = time.time() - hours * 3600
        os.utime(home / "work" / name, (then, then))

    assert clear_work_folders.fn() == 1
    assert [path.name for path in (home / "work").iterdir()] == ["task_2.12"]


def test_figures_are_kept_as_long_as_their_sources_terms_say() -> None:
    then = utc_now() - timedelta(days=31)
    for source in ("youtube", "googletrends"):
        reading_ = Reading(
            source=source, state="ok", sightings=(Sighting(keyword=source, rank=1, value=9),), observed_at=then
        )
        able = {source: trends.catalog.open(source).abilities}
        with transaction() as session:
            scan = Scans(session).add(platform="youtube", region="TW", language="zh-TW")
            Trends(session).record(scan, [reading_], able, now=then)

    assert prune_trends.fn() == 1
    with reading() as session:
        assert Trends(session).explain("googletrends", region="TW")


def test_what_sources_answered_is_kept_no_longer_than_its_figures() -> None:
    with transaction() as session:
        purchases = Purchases(session)
        for provider, days_ago in (("youtube", 28), ("youtube", 30), ("googletrends", 30)):
            quote = Quote("trends", provider, "", f"{provider}-{days_ago}", {"requests": 1})
            row = purchases.reserve(quote, cost=1, owner_id=None, video_id=None, holder={}, lease=timedelta(seconds=1))
            purchases.settle(row.id, answer={"views": 9}, units={}, cost=1, fresh_s=None)
            row.settled_at = utc_now() - timedelta(days=days_ago)
            session.add(row)
    prune_trends.fn()

    with reading() as session:
        rows = session.exec(select(Purchase).order_by(col(Purchase.id))).all()
    assert [(row.answer is not None, row.cost) for row in rows] == [(True, 1), (False, 1), (True, 1)]


def test_a_film_that_is_still_to_be_published_keeps_its_file(storage: Storage, tmp_path: Path) -> None:
    user = owner()
    coming, done = (an_object(storage, tmp_path, name, hours_old=99) for name in ("coming", "done"))
    with transaction() as session:
        for key, finished_at in ((coming, None), (done, utc_now())):
            row = Publication(owner_id=user, platform="folder", post={}, object_key=key, finished_at=finished_at)
            session.add(row)

    assert sweep_unused_objects.fn() == 1
    assert (storage.exists(coming), storage.exists(done)) == (True, False)
