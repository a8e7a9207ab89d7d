"""Accounts, the ways to them and the ledger, on both databases: sealed to their rows, renewed once, written down once."""

from __future__ import annotations

import base64
import multiprocessing
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import text

from store.repos.publications import AT_ONCE, Publications, opened, sealed
from store.repos.social import CONNECT_FOR, Confirmed, Connections, SocialAccounts
from store.session import engine, reading, transaction
from store.tables.base import utc_now
from store.tables.social import Publication, SocialAccount
from store.tables.users import User
from studio.errors import BadInput, PermissionEnded, ProviderUnavailable
from studio.models.publication import Grant, Target, Token
from studio.sealing import NAME_BYTES, SealBroken, seal, unseal
from tasks import tokens as tasks
from tests.support.platforms.server import Fault, serving
from tests.support.platforms.youtube import CLIENT_ID, CLIENT_SECRET, YouTubePlatform

OLD: Final = base64.b64encode(b"a" * 32).decode()
NEW: Final = base64.b64encode(b"b" * 32).decode()


def kept(owner: User, remote_id: str = "UC1", **token: Any) -> SocialAccount:
    """An account with a token."""
    fields = {"access": f"access-of-{remote_id}", "refresh": "refresh-1", **token}
    with transaction() as session:
        grant = Grant(remote_id=remote_id, name=remote_id, token=Token(**fields))
        return SocialAccounts(session, owner_id=owner.id).keep(Target.YOUTUBE, grant)


def account_of(account_id: str) -> SocialAccount:
    with reading() as session:
        found = SocialAccounts.of_everyone(session).get(account_id)
    assert found is not None
    return found


def token_of(account_id: str) -> Token:
    with reading() as session:
        accounts = SocialAccounts.of_everyone(session)
        found = accounts.get(account_id)
        assert found is not None
        return accounts.token(found)


def line(owner: User, **values: Any) -> Publication:
    """A line of the ledger."""
    fields: dict[str, Any] = {"platform": "youtube", "post": {"title": "潮汐"}, **values}
    return Publication(owner_id=owner.id, **fields)


def added(owner: User, **values: Any) -> Publication:
    with transaction() as session:
        return Publications(session, owner_id=owner.id).add(line(owner, **values))


def row(publication_id: str) -> Publication:
    with reading() as session:
        found = Publications.of_everyone(session).get(publication_id)
    assert found is not None
    return found


def all_cells(*tables: str) -> str:
    """Everything that the tables hold, as text."""
    with engine().connect() as connection:
        rows = [tuple(each) for table in tables for each in connection.execute(text(f"SELECT * FROM {table}"))]
    return repr(rows) + repr([bytes(cell) for each in rows for cell in each if isinstance(cell, bytes | memoryview)])


def test_nobody_has_an_account_or_a_publication_at_first(owner: User) -> None:
    with reading() as session:
        assert SocialAccounts(session, owner_id=owner.id).all() == []
        assert Publications(session, owner_id=owner.id).page(after=None, most=9) == []
        assert Connections(session).confirm(token="", platform=Target.YOUTUBE) is None


def test_no_secret_stands_in_a_row_as_it_is(owner: User) -> None:
    account = kept(owner, access="CANARY-access", refresh="CANARY-refresh")
    with transaction() as session:
        ways = Connections(session)
        ways.begin(
            state="CANARY-state", verifier="CANARY-verifier", owner_id=owner.id, platform=Target.X, redirect="https://a"
        )
        held = ways.hold(state="CANARY-state", platform=Target.X, code="CANARY-code")
        publication = line(owner)
        publication.saved = sealed(publication, {"session": "https://upload/CANARY-session"})
        Publications(session, owner_id=owner.id).add(publication)

    cells = all_cells("social_accounts", "social_connections", "publications")
    assert held is not None
    assert held[1] not in cells
    assert "CANARY" not in cells
    assert token_of(account.id).access == "CANARY-access"
    assert opened(row(publication.id)) == {"session": "https://upload/CANARY-session"}


@pytest.mark.parametrize("same_owner", [True, False])
def test_a_token_does_not_open_in_another_row(owner: User, stranger: User, same_owner: bool) -> None:
    mine, other = kept(owner), kept(owner if same_owner else stranger, "UC2")
    with transaction() as session:
        session.execute(
            text(
                "UPDATE social_accounts SET sealed = (SELECT sealed FROM social_accounts WHERE id = :a) WHERE id = :b"
            ),
            {"a": other.id, "b": mine.id},
        )

    with pytest.raises(SealBroken, match="does not belong to"):
        token_of(mine.id)
    assert token_of(other.id).access == "access-of-UC2"


@pytest.mark.parametrize("column", ["owner_id", "platform"])
def test_a_token_does_not_open_for_another_owner_or_platform(owner: User, stranger: User, column: str) -> None:
    mine = kept(owner)
    with transaction() as session:
        session.execute(
            text(f"UPDATE social_accounts SET {column} = :value WHERE id = :id"),
            {"value": stranger.id if column == "owner_id" else "x", "id": mine.id},
        )

    with pytest.raises(SealBroken):
        token_of(mine.id)


def test_what_a_publisher_wrote_down_does_not_open_in_another_publication(owner: User) -> None:
    first, second = added(owner), added(owner)
    with transaction() as session:
        Publications.of_everyone(session).change(second.id, saved=sealed(first, {"session": "https://upload"}))

    with pytest.raises(SealBroken):
        opened(row(second.id))


def test_a_sealed_text_that_was_changed_does_not_open() -> None:
    whole = seal("token", belongs_to="row")
    broken = [whole[:-1], whole + b"x", whole[:-1] + bytes([whole[-1] ^ 1]), whole[:10], b""]

    assert unseal(whole, belongs_to="row") == "token"
    for each in broken:
        with pytest.raises(SealBroken):
            unseal(each, belongs_to="row")


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert seal("token", belongs_to="row") != seal("token", belongs_to="row")


def test_a_new_key_in_front_seals_and_the_old_one_behind_it_still_opens(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN_KEYS", OLD)
    account = kept(owner)
    monkeypatch.setenv("TOKEN_KEYS", f"{NEW}, {OLD}")
    before = account_of(account.id)
    opened_before = token_of(account.id)
    kept(owner, access=opened_before.access)
    after = account_of(account.id)
    monkeypatch.setenv("TOKEN_KEYS", NEW)

    assert before.sealed[:NAME_BYTES] != after.sealed[:NAME_BYTES]
    assert token_of(account.id) == opened_before


def test_without_the_old_key_the_error_says_to_put_it_back(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    account = kept(owner)
    monkeypatch.setenv("TOKEN_KEYS", NEW)

    with pytest.raises(SealBroken, match="put the earlier key back behind the new one"):
        token_of(account.id)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("tides", "TOKEN_KEYS: key 1 is no Base64"),
        ("潮汐", "TOKEN_KEYS: key 1 is no Base64"),
        (f"{NEW},", "TOKEN_KEYS: key 2 has 0 bytes instead of 32"),
        (f"{NEW},{base64.b64encode(b'a' * 16).decode()}", "TOKEN_KEYS: key 2 has 16 bytes instead of 32"),
        ("0" * 64, "TOKEN_KEYS: key 1 has 48 bytes instead of 32"),
    ],
)
def test_a_key_that_is_none_is_named_by_its_place_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, keys: str, message: str
) -> None:
    monkeypatch.setenv("TOKEN_KEYS", keys)

    with pytest.raises(BadInput) as refused:
        seal("token", belongs_to="row")
    assert message in str(refused.value)
    assert NEW not in str(refused.value)
    assert "openssl rand -base64 32" in str(refused.value)


def test_a_way_is_used_once_by_whichever_of_eight_is_first(owner: User) -> None:
    with transaction() as session:
        Connections(session).begin(
            state="state", verifier="verifier", owner_id=owner.id, platform=Target.YOUTUBE, redirect="https://a"
        )

    def use(_: int) -> bool:
        with transaction() as session:
            return Connections(session).hold(state="state", platform=Target.YOUTUBE, code="code") is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(8))) == 1


def test_of_eight_who_confirm_one_way_at_once_one_connects(owner: User) -> None:
    with transaction() as session:
        ways = Connections(session)
        ways.begin(state="state", verifier="verifier", owner_id=owner.id, platform=Target.YOUTUBE, redirect="https://a")
        held = ways.hold(state="state", platform=Target.YOUTUBE, code="code")
    assert held is not None

    def confirm(_: int) -> Confirmed | None:
        with transaction() as session:
            return Connections(session).confirm(token=held[1], platform=Target.YOUTUBE)

    with ThreadPoolExecutor(8) as pool:
        taken = [each for each in pool.map(confirm, range(8)) if each]

    assert taken == [Confirmed(owner_id=owner.id, redirect="https://a", verifier="verifier", code="code")]


def test_ways_whose_time_is_over_are_forgotten_when_the_next_one_begins(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begin(state: str) -> None:
        with transaction() as session:
            Connections(session).begin(
                state=state, verifier="v", owner_id=owner.id, platform=Target.YOUTUBE, redirect="https://a"
            )

    begin("first")
    monkeypatch.setattr("store.repos.social.utc_now", lambda: utc_now() + CONNECT_FOR + timedelta(seconds=1))
    begin("second")

    with engine().connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM social_connections")).scalar() == 1


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch) -> Iterator[YouTubePlatform]:
    with serving(YouTubePlatform()) as server:
        assert isinstance(server, YouTubePlatform)
        for name in ("YOUTUBE_ROOT_URL", "GOOGLE_OAUTH_ROOT_URL"):
            monkeypatch.setenv(name, server.root)
        monkeypatch.setenv("YOUTUBE_CLIENT_ID", CLIENT_ID)
        monkeypatch.setenv("YOUTUBE_CLIENT_SECRET", CLIENT_SECRET)
        pause = threading.Event()
        monkeypatch.setattr(tasks.time, "sleep", lambda _: pause.wait(0.02))
        yield server


def renewals(server: YouTubePlatform) -> int:
    return sum(asked.path == "/token" for asked in server.asked)


def test_of_eight_who_need_a_newer_token_one_asks_the_platform_and_all_have_it(
    owner: User, google: YouTubePlatform
) -> None:
    account = kept(owner, access="access-1")
    google.faults.append(Fault("/token", "slow", seconds=0.3))
    old = Token(access="access-1", refresh="refresh-1")
    with ThreadPoolExecutor(8) as pool:
        fresh = list(pool.map(lambda _: tasks.renewed(account, old).access, range(8)))

    assert renewals(google) == 1
    assert set(fresh) == set(google.access) == {token_of(account.id).access}
    assert account_of(account.id).busy_until is None


def test_of_two_processes_that_need_a_newer_token_one_asks_the_platform(owner: User, google: YouTubePlatform) -> None:
    account = kept(owner, access="access-1")
    google.faults.append(Fault("/token", "slow", seconds=0.5))
    forked = multiprocessing.get_context("fork")
    said: Any = forked.SimpleQueue()

    def renew() -> None:
        engine().dispose(close=False)  # its connections are the parent's
        said.put(tasks.renewed(account, Token(access="access-1", refresh="refresh-1")).access)

    children = [forked.Process(target=renew) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join(20)

    assert renewals(google) == 1
    assert {said.get(), said.get()} == set(google.access)


def test_a_token_whose_renewer_died_is_free_after_its_lease_and_not_before(
    owner: User, google: YouTubePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = kept(owner, access="access-1")
    assert tasks._claimed(account.id)
    early = tasks._claimed(account.id)
    monkeypatch.setattr("store.repos.social.utc_now", lambda: utc_now() + tasks.RENEWAL - timedelta(seconds=2))
    still_early = tasks._claimed(account.id)
    monkeypatch.setattr("store.repos.social.utc_now", lambda: utc_now() + tasks.RENEWAL + timedelta(seconds=1))
    fresh = tasks.renewed(account, Token(access="access-1", refresh="refresh-1"))

    assert (early, still_early) == (False, False)
    assert renewals(google) == 1
    assert fresh.access in google.access


def test_a_renewal_that_the_platform_refuses_marks_the_account_and_frees_it(
    owner: User, google: YouTubePlatform
) -> None:
    account = kept(owner, access="access-1")
    google.refresh = "another"
    with pytest.raises(PermissionEnded):
        tasks.renewed(account, Token(access="access-1", refresh="refresh-1"))
    after = account_of(account.id)

    assert (after.state, after.busy_until) == ("expired", None)


def test_a_renewal_that_is_not_answered_leaves_the_account_as_it_was(owner: User, google: YouTubePlatform) -> None:
    account = kept(owner, access="access-1")
    google.faults.append(Fault("/token", "status", times=9))
    with pytest.raises(ProviderUnavailable):
        tasks.renewed(account, Token(access="access-1", refresh="refresh-1"))
    after = account_of(account.id)

    assert (after.state, after.busy_until) == ("connected", None)
    assert token_of(account.id).access == "access-1"


def test_a_renewal_does_not_undo_a_connection_that_was_made_meanwhile(
    owner: User, google: YouTubePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = kept(owner, access="access-1")
    asking = threading.Event()
    google.hook = lambda _number, phase, _asked: asking.set() if phase == "before" else None
    google.faults.append(Fault("/token", "slow", seconds=0.5))
    with ThreadPoolExecutor(1) as pool:
        renewing = pool.submit(tasks.renewed, account, Token(access="access-1", refresh="refresh-1"))
        assert asking.wait(5)
        kept(owner, access="of-the-new-connection")
        renewing.result()

    assert token_of(account.id).access == "of-the-new-connection"


def test_a_film_that_eight_ask_for_at_once_is_one_line(owner: User) -> None:
    ready = threading.Barrier(8)

    def ask(_: int) -> str:
        ready.wait()
        with transaction() as session:
            return Publications(session, owner_id=owner.id).add(line(owner, current_key="youtube/account/film")).id

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(ask, range(8)))

    assert len(ids) == 1
    with reading() as session:
        assert len(Publications(session, owner_id=owner.id).page(after=None, most=99)) == 1


def test_a_crash_is_counted_by_one_of_eight_reconcilers(owner: User) -> None:
    publication = added(owner, run_id="run-1", pid=1, host="here", pid_started=1.0)

    def claim(_: int) -> bool:
        with transaction() as session:
            return Publications.of_everyone(session).claim_restart(publication)

    with ThreadPoolExecutor(8) as pool:
        claimed = list(pool.map(claim, range(8)))

    assert sum(claimed) == 1
    assert (row(publication.id).restarts, row(publication.id).pid) == (1, None)


def test_what_eight_claim_at_once_keeps_within_the_limits(owner: User) -> None:
    for number in range(24):
        added(owner, account_id=f"account_{number % 6}", object_key="k")
    ready = threading.Barrier(8)

    def claim(_: int) -> list[str | None]:
        ready.wait()
        with transaction() as session:
            return [each.account_id for each in Publications.of_everyone(session).claim_due()]

    with ThreadPoolExecutor(8) as pool:
        claimed = [name for names in pool.map(claim, range(8)) for name in names]
    with reading() as session:
        running = [each.account_id for each in Publications.of_everyone(session).in_flight()]

    assert sorted(claimed, key=str) == sorted(running, key=str)
    assert len(claimed) == len(set(claimed)) == AT_ONCE


def test_a_lane_that_is_full_of_work_holds_up_no_other(owner: User) -> None:
    for _ in range(210):
        added(owner, account_id="account_busy", scheduled_at=utc_now() - timedelta(days=1))
    added(owner, account_id="account_other")
    with transaction() as session:
        claimed = Publications.of_everyone(session).claim_due()

    assert [each.account_id for each in claimed] == ["account_busy", "account_other"]


def test_a_run_is_noted_for_its_own_attempt_and_never_for_one_that_is_over(owner: User) -> None:
    current, later, over = added(owner), added(owner, attempt=2), added(owner, finished_at=utc_now(), state="published")
    with transaction() as session:
        for each in (current, later, over):
            Publications.of_everyone(session).note_run(each.id, f"run-{each.id}", attempt=1)

    assert row(current.id).run_id == f"run-{current.id}"
    assert (row(later.id).run_id, row(over.id).run_id) == (None, None)


def test_only_its_holder_writes_a_line(owner: User) -> None:
    publication = added(owner, host="here", pid=1, pid_started=1.0)
    holder = {"host": "here", "pid": 1, "pid_started": 1.0}
    with transaction() as session:
        publications = Publications.of_everyone(session)
        mine = publications.change_if_held(publication.id, holder=holder, sent_bytes=5)
        other = publications.change_if_held(publication.id, holder={**holder, "pid": 2}, sent_bytes=9)

    assert (mine, other) == (True, False)
    assert row(publication.id).sent_bytes == 5


def test_what_is_due_ripens_at_its_time_and_what_was_postponed_at_its_own(owner: User) -> None:
    now = utc_now()
    due = added(owner, state="scheduled", scheduled_at=now - timedelta(seconds=1))
    later = added(owner, state="scheduled", scheduled_at=now + timedelta(seconds=1))
    postponed = added(
        owner, state="scheduled", scheduled_at=now - timedelta(hours=1), retry_at=now + timedelta(hours=1)
    )
    with transaction() as session:
        Publications.of_everyone(session).ripen(now)
    with transaction() as session:
        claimed = [each.id for each in Publications.of_everyone(session).claim_due()]

    assert claimed == [due.id]
    assert [row(each.id).state for each in (due, later, postponed)] == ["pending", "scheduled", "scheduled"]


@pytest.mark.parametrize("name", ["account", "publication"])
def test_an_owner_sees_nothing_of_another_s(owner: User, stranger: User, name: str) -> None:
    account, publication = kept(owner), added(owner)
    with reading() as session:
        accounts = SocialAccounts(session, owner_id=stranger.id)
        publications = Publications(session, owner_id=stranger.id)
        found = accounts.get(account.id) if name == "account" else publications.get(publication.id)

    assert found is None


def test_an_object_is_used_while_a_publication_needs_it_and_no_longer(owner: User) -> None:
    for key, values in (
        ("waiting", {}),
        ("published", {"state": "published", "finished_at": utc_now()}),
        ("cancelled", {"state": "cancelled", "finished_at": utc_now()}),
    ):
        added(owner, object_key=key, **values)
    with reading() as session:
        publications = Publications.of_everyone(session)
        used = {key: publications.is_used(key) for key in ("waiting", "published", "cancelled", "unknown")}

    assert used == {"waiting": True, "published": False, "cancelled": False, "unknown": False}
