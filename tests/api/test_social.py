"""Accounts at platforms: the way there is used once, by whom it was begun, and what was granted goes when they let go."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from starlette.testclient import TestClient

from api import security
from api.messages import Language
from api.pages import ENDINGS, Outcome, asking, ending
from store.repos.publications import Publications
from store.repos.social import SocialAccounts
from store.session import transaction
from store.tables.base import utc_now
from store.tables.social import Publication
from store.tables.users import User
from studio.models.publication import Target
from studio.providers.publish import patience
from tests.api.conftest import bearer_of
from tests.support.browser import FORM, Form, form_in
from tests.support.platforms import instagram, tiktok, x, youtube
from tests.support.platforms.server import Fault, Platform, serving
from tests.support.platforms.youtube_many import ManyChannels

CALLBACK = "http://localhost:8000/social/callback"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "WAITS", (0.0, 0.0))


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch) -> Iterator[ManyChannels]:
    with serving(ManyChannels()) as server:
        assert isinstance(server, ManyChannels)
        monkeypatch.setenv("YOUTUBE_ROOT_URL", server.root)
        monkeypatch.setenv("GOOGLE_OAUTH_ROOT_URL", server.root)
        monkeypatch.setenv("YOUTUBE_CLIENT_ID", youtube.CLIENT_ID)
        monkeypatch.setenv("YOUTUBE_CLIENT_SECRET", youtube.CLIENT_SECRET)
        yield server


class Browser:
    """A user with the API's token, and the browser that goes to the platform and comes back."""

    def __init__(self, client: TestClient, owner: User) -> None:
        self._client, self._headers = client, {**bearer_of(owner), "Accept-Language": "en"}

    def ask(self, method: str, path: str, body: Any = None) -> httpx2.Response:
        answer: httpx2.Response = self._client.request(method, path, json=body, headers=self._headers)
        return answer

    def begin(self, platform: str = "youtube") -> str:
        answer = self.ask("POST", f"/social/accounts/{platform}/connect")
        assert answer.status_code == 200, answer.text
        return str(answer.json()["data"]["authorize_url"])

    def look(self, url: str) -> httpx2.Response:
        """The page that the platform's redirect leads to; without a token, for the redirect has none."""
        parts = urlsplit(url)
        answer: httpx2.Response = self._client.get(f"{parts.path}?{parts.query}", headers={"Accept-Language": "en"})
        return answer

    def say_yes(self, page: httpx2.Response) -> httpx2.Response:
        """Send the form of *page*."""
        form = form_in(page.text)
        assert form is not None, page.text
        return self.send(urlsplit(form.action).path, form.body)

    def send(self, path: str, body: str) -> httpx2.Response:
        """Send what a form would send."""
        answer: httpx2.Response = self._client.post(path, content=body, headers={**FORM, "Accept-Language": "en"})
        return answer

    def come_back(self, url: str) -> httpx2.Response:
        """To the last page, with a yes where one is asked for."""
        page = self.look(url)
        return self.say_yes(page) if form_in(page.text) else page

    def connect(self, server: ManyChannels, channel: str) -> httpx2.Response:
        return self.come_back(server.consent(self.begin(), channel))

    @property
    def accounts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("GET", "/social/accounts").json()["data"]["items"]
        return found


@pytest.fixture
def ann(client: TestClient, user: User) -> Browser:
    return Browser(client, user)


@pytest.fixture
def bob(client: TestClient, account: Callable[[str], User]) -> Browser:
    return Browser(client, account("bob@example.com"))


def query_of(url: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}


def a_publication(owner: User, account_id: str, **values: Any) -> str:
    with transaction() as session:
        row = Publication(
            owner_id=owner.id, platform="youtube", account_id=account_id, post={"title": "潮汐"},
            **{"state": "scheduled", "scheduled_at": utc_now() + timedelta(days=1), **values},
        )  # fmt: skip
        return Publications(session, owner_id=owner.id).add(row).id


def state_of(publication_id: str) -> str:
    with transaction() as session:
        found = Publications.of_everyone(session).get(publication_id)
    assert found is not None
    return found.state


def test_nobody_has_accounts_at_first(ann: Browser) -> None:
    assert ann.accounts == []


def test_an_account_is_connected_by_going_to_the_platform_and_coming_back(ann: Browser, google: ManyChannels) -> None:
    url = ann.begin()
    asked = query_of(url)
    page = ann.come_back(google.consent(url, "tides"))
    [shown] = ann.accounts

    assert (len(asked["state"]), len(asked["code_challenge"])) == (43, 43)
    assert asked["redirect_uri"] == f"{CALLBACK}/youtube"
    assert page.status_code == 200
    assert "Connected: Channel tides" in page.text
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["referrer-policy"] == "no-referrer"
    assert (shown["platform"], shown["remote_id"], shown["name"]) == ("youtube", "UCtides", "Channel tides")
    assert (shown["status"], shown["scopes"]) == ("connected", youtube.SCOPES.split())
    assert google.refused == []


def test_nothing_is_connected_before_its_owner_says_yes_to_whom_it_goes(
    ann: Browser, google: ManyChannels, user: User
) -> None:
    page = ann.look(google.consent(ann.begin(), "tides"))
    before = (list(ann.accounts), [asked.path for asked in google.asked])
    done = ann.say_yes(page)

    assert page.status_code == 200
    assert "Connect your YouTube account" in page.text
    assert f"<dd>{user.username}</dd>" in page.text
    assert "<dd>localhost:8000</dd>" in page.text
    assert before == ([], [])
    assert (done.status_code, len(ann.accounts)) == (200, 1)


def test_the_page_runs_nothing_is_kept_nowhere_and_is_shown_in_no_frame(ann: Browser, google: ManyChannels) -> None:
    page = ann.look(google.consent(ann.begin(), "tides"))
    policy = page.headers["content-security-policy"]

    style = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
    hashed = base64.b64encode(hashlib.sha256(style[0].encode()).digest()).decode()

    assert {"default-src 'none'", "form-action 'self'", "frame-ancestors 'none'"} <= set(policy.split("; "))
    assert f"style-src 'sha256-{hashed}'" in policy.split("; ")
    assert not re.findall(r"""(?:src|href|style)=|url\(|@import|\son\w+=""", page.text)
    assert (page.headers["cache-control"], page.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert "CANARY-code" not in page.text
    assert "<script" not in page.text


@pytest.mark.parametrize(
    ("wanted", "tag", "question", "answer"),
    [
        ("zh-TW,zh;q=0.9,en;q=0.5", "zh-Hant-TW", "連結 YouTube 帳號", "已連結 Channel tides"),
        ("en-GB,en;q=0.9,zh;q=0.5", "en", "Connect your YouTube account", "Connected: Channel tides"),
        ("", "zh-Hant-TW", "連結 YouTube 帳號", "已連結 Channel tides"),
    ],
)
def test_the_pages_are_in_the_browser_s_language(
    client: TestClient, ann: Browser, google: ManyChannels, wanted: str, tag: str, question: str, answer: str
) -> None:
    back = urlsplit(google.consent(ann.begin(), "tides"))
    headers = {"Accept-Language": wanted}
    page = client.get(f"{back.path}?{back.query}", headers=headers)
    form = form_in(page.text)
    assert form is not None
    done = client.post(back.path, content=form.body, headers={**FORM, **headers})

    assert (f'<html lang="{tag}">' in page.text, f"<h1>{question}</h1>" in page.text) == (True, True)
    assert f">{answer}</h1>" in done.text
    assert page.headers["vary"] == "Accept-Language"


@pytest.mark.parametrize("language", ["zh-TW", "en"])
@pytest.mark.parametrize("outcome", list(ENDINGS))
def test_every_ending_says_what_happened_and_what_to_do(outcome: Outcome, language: Language) -> None:
    page = ending(outcome, Target.X, language=language, name="<i>ann</i>", reason="<b>why</b>")

    assert "{" not in re.sub(r"<style>.*?</style>", "", page.text, flags=re.DOTALL)
    assert ("<i>" in page.text, "<b>" in page.text) == (False, False)
    assert (page.status == 200) is (outcome == "connected")


def test_a_name_is_text_in_the_question() -> None:
    asked = asking(Target.X, username='<b>ann</b>"', action='https://a.example/"><b>', token='"><b>', language="en")

    assert "<b>" not in asked.text
    assert form_in(asked.text) == Form('https://a.example/"><b>', {"token": '"><b>'})
    assert "&lt;b&gt;ann&lt;/b&gt;&quot;" in asked.text


def test_a_yes_is_taken_once(ann: Browser, google: ManyChannels) -> None:
    page = ann.look(google.consent(ann.begin(), "tides"))
    first, again = ann.say_yes(page), ann.say_yes(page)

    assert (first.status_code, again.status_code) == (200, 400)
    assert "used before" in again.text
    assert sum(asked.path == "/token" for asked in google.asked) == 1


@pytest.mark.parametrize(("minutes", "status"), [(9.9, 200), (10.1, 400)])
def test_a_yes_comes_within_the_ten_minutes_of_its_way(
    ann: Browser, google: ManyChannels, monkeypatch: pytest.MonkeyPatch, minutes: float, status: int
) -> None:
    page = ann.look(google.consent(ann.begin(), "tides"))
    monkeypatch.setattr("store.repos.social.utc_now", lambda: utc_now() + timedelta(minutes=minutes))

    assert ann.say_yes(page).status_code == status
    assert len(ann.accounts) == (status == 200)


def test_a_yes_counts_at_its_own_platform_only(ann: Browser, google: ManyChannels) -> None:
    form = form_in(ann.look(google.consent(ann.begin(), "tides")).text)
    assert form is not None
    elsewhere = ann.send("/social/callback/x", form.body)
    back = ann.send("/social/callback/youtube", form.body)

    assert (elsewhere.status_code, back.status_code) == (400, 400)
    assert (ann.accounts, google.asked) == ([], [])


@pytest.mark.parametrize("body", ["", "token=", "token=guessed", "token=%00", "token=%ff", "tok\xe9n=x", "{}"])
def test_a_yes_that_we_did_not_ask_for_connects_nothing(ann: Browser, google: ManyChannels, body: str) -> None:
    ann.look(google.consent(ann.begin(), "tides"))
    answer = ann.send("/social/callback/youtube", body)

    assert answer.status_code == 400
    assert (ann.accounts, google.asked) == ([], [])


def test_who_comes_back_twice_is_asked_once_and_may_still_say_yes(ann: Browser, google: ManyChannels) -> None:
    back = google.consent(ann.begin(), "tides")
    page, again = ann.look(back), ann.look(back)
    denied = ann.look(f"{CALLBACK}/youtube?" + urlencode({"state": query_of(back)["state"], "error": "access_denied"}))

    assert (page.status_code, again.status_code, denied.status_code) == (200, 400, 400)
    assert ann.say_yes(page).status_code == 200
    assert len(ann.accounts) == 1


def test_every_way_has_another_state_and_challenge(ann: Browser, google: ManyChannels) -> None:
    first, second = query_of(ann.begin()), query_of(ann.begin())

    assert first["state"] != second["state"]
    assert first["code_challenge"] != second["code_challenge"]


def test_a_way_is_gone_once_it_was_used(ann: Browser, google: ManyChannels) -> None:
    back = google.consent(ann.begin(), "tides")
    first, again = ann.come_back(back), ann.come_back(back)

    assert (first.status_code, again.status_code) == (200, 400)
    assert "used before" in again.text
    assert sum(asked.path == "/token" for asked in google.asked) == 1


def test_a_way_that_did_not_lead_there_is_gone_too(ann: Browser, google: ManyChannels) -> None:
    back = google.consent(ann.begin(), "tides")
    ann.come_back(f"{CALLBACK}/youtube?" + urlencode({"state": query_of(back)["state"], "error": "access_denied"}))

    assert ann.come_back(back).status_code == 400
    assert ann.accounts == []


@pytest.mark.parametrize(("minutes", "status"), [(9.9, 200), (10.1, 400)])
def test_a_way_is_open_for_ten_minutes(
    ann: Browser, google: ManyChannels, monkeypatch: pytest.MonkeyPatch, minutes: float, status: int
) -> None:
    back = google.consent(ann.begin(), "tides")
    monkeypatch.setattr("store.repos.social.utc_now", lambda: utc_now() + timedelta(minutes=minutes))

    assert ann.come_back(back).status_code == status
    assert len(ann.accounts) == (status == 200)


def test_a_way_leads_to_its_own_platform_only(ann: Browser, google: ManyChannels) -> None:
    back = google.consent(ann.begin(), "tides")
    elsewhere = ann.come_back(back.replace("/callback/youtube", "/callback/x"))

    assert elsewhere.status_code == 400
    assert ann.accounts == []
    assert [asked.path for asked in google.asked] == []


def test_whoever_s_browser_comes_back_the_account_goes_to_who_began(
    ann: Browser, bob: Browser, google: ManyChannels
) -> None:
    bob.come_back(google.consent(ann.begin(), "tides"))

    assert [each["remote_id"] for each in ann.accounts] == ["UCtides"]
    assert bob.accounts == []


@pytest.mark.parametrize(
    "answer",
    [{}, {"code": ""}, {"code": "guessed"}, {"error": "access_denied"}, {"error": "access_denied", "code": "guessed"}],
)
def test_without_a_good_code_nothing_is_connected_and_a_page_says_so(
    ann: Browser, google: ManyChannels, answer: dict[str, str]
) -> None:
    state = query_of(ann.begin())["state"]
    page = ann.come_back(f"{CALLBACK}/youtube?" + urlencode({"state": state, **answer}))

    assert page.status_code == 400
    assert "Nothing was connected" in page.text
    assert page.headers["content-type"].startswith("text/html")
    assert ann.accounts == []


@pytest.mark.parametrize("state", ["", "guessed", "\x00", "é", "x" * 200])
def test_a_state_that_we_did_not_give_leads_nowhere(ann: Browser, google: ManyChannels, state: str) -> None:
    page = ann.come_back(f"{CALLBACK}/youtube?" + urlencode({"state": state, "code": "guessed"}))

    assert page.status_code == 400
    assert google.asked == []


def test_a_code_of_another_way_is_not_taken(ann: Browser, bob: Browser, google: ManyChannels) -> None:
    mine, stolen = google.consent(ann.begin(), "mine"), google.consent(bob.begin(), "stolen")
    page = ann.come_back(mine.replace(query_of(mine)["code"], query_of(stolen)["code"]))

    assert page.status_code == 400
    assert ann.accounts == []


def test_a_platform_that_does_not_answer_is_another_matter_than_a_refusal(ann: Browser, google: ManyChannels) -> None:
    back = google.consent(ann.begin(), "tides")
    google.faults.append(Fault("/token", "status", times=9))
    page = ann.come_back(back)

    assert page.status_code == 502
    assert ann.accounts == []


def test_an_account_s_name_is_text_in_the_page(ann: Browser, google: ManyChannels) -> None:
    google.titles["tides"] = "<script>alert('tides')</script>"
    page = ann.connect(google, "tides")

    assert "<script" not in page.text
    assert "&lt;script&gt;alert(&#x27;tides&#x27;)&lt;/script&gt;" in page.text
    assert [each["name"] for each in ann.accounts] == ["<script>alert('tides')</script>"]


def test_a_permission_that_is_needed_and_was_not_given_connects_nothing(ann: Browser, google: ManyChannels) -> None:
    google.scopes = youtube.SCOPES.split()[0]
    page = ann.connect(google, "tides")

    assert page.status_code == 400
    assert "not granted: https://www.googleapis.com/auth/youtube.force-ssl" in page.text
    assert ann.accounts == []


def test_an_account_that_is_connected_again_is_the_same_with_a_newer_token(ann: Browser, google: ManyChannels) -> None:
    ann.connect(google, "tides")
    [before] = ann.accounts
    with transaction() as session:
        SocialAccounts.of_everyone(session).release(before["id"], state="expired")
    google.titles["tides"] = "Tides and Moons"
    ann.connect(google, "tides")
    [after] = ann.accounts

    assert (after["id"], after["created_at"]) == (before["id"], before["created_at"])
    assert (after["status"], after["name"]) == ("connected", "Tides and Moons")
    assert after["renewed_at"] > before["renewed_at"]


def test_two_users_may_connect_the_same_account_and_see_their_own_line(
    ann: Browser, bob: Browser, google: ManyChannels
) -> None:
    ann.connect(google, "tides")
    bob.connect(google, "tides")
    [mine], [yours] = ann.accounts, bob.accounts

    assert mine["id"] != yours["id"]
    assert ann.ask("DELETE", f"/social/accounts/{yours['id']}").status_code == 404
    assert len(bob.accounts) == 1


def test_letting_go_revokes_the_token_forgets_the_account_and_calls_off_what_waits(
    ann: Browser, google: ManyChannels, user: User
) -> None:
    ann.connect(google, "tides")
    [shown] = ann.accounts
    waiting = a_publication(user, shown["id"])
    answer = ann.ask("DELETE", f"/social/accounts/{shown['id']}")

    assert answer.status_code == 204
    assert google.revoked == ["tides"]
    assert ann.accounts == []
    assert state_of(waiting) == "cancelled"
    assert ann.ask("DELETE", f"/social/accounts/{shown['id']}").status_code == 404


@pytest.mark.parametrize(
    "values",
    [
        {"state": "uploading", "started_at": utc_now(), "run_id": "run-1"},
        {"state": "pending", "run_id": "run-1"},
        {"state": "scheduled", "started_at": utc_now(), "retry_at": utc_now() + timedelta(hours=1)},
    ],
    ids=["uploading", "being begun", "postponed with something sent"],
)
def test_an_account_is_kept_while_something_of_it_may_be_at_the_platform(
    ann: Browser, google: ManyChannels, user: User, values: dict[str, Any]
) -> None:
    ann.connect(google, "tides")
    [shown] = ann.accounts
    waiting = a_publication(user, shown["id"])
    sent = a_publication(user, shown["id"], **values)
    answer = ann.ask("DELETE", f"/social/accounts/{shown['id']}")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")
    assert sent in answer.json()["error"]["details"][0]["message"]
    assert google.revoked == []
    assert state_of(waiting) == "scheduled"
    assert len(ann.accounts) == 1


def test_an_account_is_forgotten_though_the_platform_is_down(ann: Browser, google: ManyChannels) -> None:
    ann.connect(google, "tides")
    google.faults.append(Fault("/revoke", "status", times=9))
    answer = ann.ask("DELETE", f"/social/accounts/{ann.accounts[0]['id']}")

    assert answer.status_code == 204
    assert ann.accounts == []


def test_an_account_is_forgotten_though_no_key_opens_its_token(
    ann: Browser, google: ManyChannels, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.connect(google, "tides")
    monkeypatch.setenv("TOKEN_KEYS", "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=")
    answer = ann.ask("DELETE", f"/social/accounts/{ann.accounts[0]['id']}")

    assert answer.status_code == 204
    assert ann.accounts == []


def test_whoever_leaves_lets_go_of_every_account(client: TestClient, user: User, google: ManyChannels) -> None:
    with transaction() as session:
        found = session.get(User, user.id)
        assert found is not None
        found.password_hash = security.hash_password("password123")
    ann = Browser(client, user)
    for channel in ("tides", "moons"):
        ann.connect(google, channel)
    a_publication(user, ann.accounts[0]["id"])
    answer = ann.ask("DELETE", "/users/me", {"password": "password123"})

    assert answer.status_code == 204, answer.text
    assert sorted(google.revoked) == ["moons", "tides"]
    with transaction() as session:
        assert SocialAccounts.of_everyone(session).all() == []
        assert Publications.of_everyone(session).page(after=None, most=9) == []


@pytest.mark.parametrize(
    ("platform", "names"),
    [
        ("youtube", ("YOUTUBE_CLIENT_ID", "YOUTUBE_CLIENT_SECRET")),
        ("x", ("X_CLIENT_ID", "X_CLIENT_SECRET")),
        ("tiktok", ("TIKTOK_CLIENT_KEY", "TIKTOK_CLIENT_SECRET")),
        ("instagram", ("INSTAGRAM_APP_ID", "INSTAGRAM_APP_SECRET")),
    ],
)
def test_a_platform_that_is_not_set_up_says_what_the_operator_has_to_set(
    ann: Browser, platform: str, names: tuple[str, str]
) -> None:
    answer = ann.ask("POST", f"/social/accounts/{platform}/connect")
    error = answer.json()["error"]

    assert (answer.status_code, error["code"]) == (400, "PLATFORM_NOT_READY")
    assert error["details"][0]["field"] == "platform"
    assert all(name in error["details"][0]["message"] for name in names)


def test_there_is_nothing_to_connect_at_a_folder(ann: Browser) -> None:
    answer = ann.ask("POST", "/social/accounts/folder/connect")

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "UNKNOWN_NAME")
    assert "youtube" in answer.text


def post(ann: Browser, **changes: Any) -> httpx2.Response:
    content = {"title": "潮汐", "video_url": "https://example.com/tides.mp4", **changes.pop("content", {})}
    return ann.ask("POST", "/social/publish", {"platform": "youtube", "content": content, **changes})


@pytest.fixture
def nobody_resolves(monkeypatch: pytest.MonkeyPatch) -> None:
    """The films of these tests are never fetched."""
    monkeypatch.setattr("api.filmsources.check_url", lambda *_, **__: None)


@pytest.mark.usefixtures("nobody_resolves")
def test_a_film_needs_an_account_and_a_choice_where_there_are_several(ann: Browser, google: ManyChannels) -> None:
    none = post(ann)
    ann.connect(google, "tides")
    alone = post(ann)
    ann.connect(google, "moons")
    several = post(ann)
    ids = [each["id"] for each in ann.accounts]
    named = post(ann, account_id=ids[1])
    unknown = post(ann, account_id="account_nope")

    assert (none.status_code, none.json()["error"]["code"]) == (400, "ACCOUNT_NOT_CONNECTED")
    assert "/social/accounts/youtube/connect" in none.text
    assert alone.status_code == 202
    assert (several.status_code, several.json()["error"]["code"]) == (400, "ACCOUNT_NOT_CONNECTED")
    assert all(each in several.json()["error"]["details"][0]["message"] for each in ids)
    assert named.status_code == 202
    assert unknown.json()["error"]["details"][0]["field"] == "account_id"


@pytest.mark.usefixtures("nobody_resolves")
def test_an_account_whose_permission_has_ended_asks_to_be_connected_again(ann: Browser, google: ManyChannels) -> None:
    ann.connect(google, "tides")
    with transaction() as session:
        SocialAccounts.of_everyone(session).release(ann.accounts[0]["id"], state="expired")
    answer = post(ann)

    assert answer.json()["error"]["code"] == "ACCOUNT_NOT_CONNECTED"
    assert "connect the account again" in answer.text
    assert ann.accounts[0]["status"] == "expired"


@pytest.mark.usefixtures("nobody_resolves")
def test_somebody_else_s_account_is_none(ann: Browser, bob: Browser, google: ManyChannels) -> None:
    bob.connect(google, "tides")
    answer = post(ann, account_id=bob.accounts[0]["id"])

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "ACCOUNT_NOT_CONNECTED")


@pytest.mark.usefixtures("nobody_resolves")
@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"content": {"title": "潮" * 101}}, "content.title", "has 101 characters; 100 are allowed"),
        ({"content": {"title": "a < b"}}, "content.title", "has < or >"),
        ({"content": {"description": "潮" * 1_667}}, "content.description", "has 5001 bytes; 5000 are allowed"),
        ({"content": {"tags": ["潮" * 50] * 10 + ["海"]}}, "content.tags", "511 characters"),
        ({"options": {"category_id": "music"}}, "options.category_id", ""),
        ({"options": {"colour": "red"}}, "options.colour", ""),
    ],
)
def test_what_the_platform_would_refuse_is_refused_by_its_field_with_what_was_counted(
    ann: Browser, google: ManyChannels, changes: dict[str, Any], field: str, message: str
) -> None:
    ann.connect(google, "tides")
    answer = post(ann, **changes)
    error = answer.json()["error"]

    assert (answer.status_code, error["code"]) == (400, "PLATFORM_REFUSES")
    assert error["details"][0]["field"] == field
    assert message in error["details"][0]["message"]
    assert ann.ask("GET", "/social/publications").json()["data"]["items"] == []


def test_the_list_of_platforms_says_what_each_takes_and_what_is_missing(ann: Browser, google: ManyChannels) -> None:
    ann.connect(google, "tides")
    found = {each["platform"]: each for each in ann.ask("GET", "/social/platforms").json()["data"]["items"]}

    assert sorted(found) == ["folder", "instagram", "tiktok", "x", "youtube"]
    assert {name: each["is_ready"] for name, each in found.items()} == {
        "folder": True, "youtube": True, "x": False, "tiktok": False, "instagram": False,
    }  # fmt: skip
    assert "X_CLIENT_ID" in found["x"]["reason"]
    assert (found["youtube"]["accounts"], found["youtube"]["reason"]) == (1, "")
    assert found["youtube"]["needs_account"] is True
    assert found["youtube"]["limits"]["longest_s"] == 43_200
    assert found["youtube"]["limits"]["words"]["title"] == "at most 100 characters, without < and >"
    assert sorted(found["youtube"]["options"]["properties"]) == [
        "category_id", "embeddable", "license", "made_for_kids", "notify_subscribers", "playlist_id", "publish_at",
    ]  # fmt: skip
    assert found["folder"]["needs_account"] is False


def x_says_yes(server: Any, asked: dict[str, str]) -> str:
    server.challenge = asked["code_challenge"]
    return x.CODE


def code_kept(server: Any, asked: dict[str, str]) -> str:
    server.codes["code-1"] = asked["code_challenge"]
    return "code-1"


@pytest.mark.parametrize(
    ("platform", "make", "settings", "yes", "name", "is_revoked"),
    [
        ("x", x.XPlatform, {"X_ROOT_URL": "", "X_CLIENT_ID": x.CLIENT_ID, "X_CLIENT_SECRET": x.CLIENT_SECRET},
         x_says_yes, "Ann (@ann_films)", lambda server: not server.refresh and not server.access),
        ("tiktok", tiktok.TikTokPlatform,
         {"TIKTOK_ROOT_URL": "", "TIKTOK_CLIENT_KEY": tiktok.KEY, "TIKTOK_CLIENT_SECRET": tiktok.SECRET},
         code_kept, "", lambda server: server.revoked == [server.access]),
        ("instagram", instagram.InstagramPlatform,
         {"INSTAGRAM_ROOT_URL": "", "INSTAGRAM_APP_ID": instagram.APP, "INSTAGRAM_APP_SECRET": instagram.SECRET},
         code_kept, "ming", lambda server: server.is_revoked),
    ],
    ids=["x", "tiktok", "instagram"],
)  # fmt: skip
def test_the_other_platforms_are_connected_and_let_go_the_same_way(
    ann: Browser,
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    make: Callable[[], Platform],
    settings: dict[str, str],
    yes: Callable[[Any, dict[str, str]], str],
    name: str,
    is_revoked: Callable[[Any], bool],
) -> None:
    with serving(make()) as server:
        for key, value in settings.items():
            monkeypatch.setenv(key, value or server.root)
        url = ann.begin(platform)
        asked = query_of(url)
        back = urlencode({"state": asked["state"], "code": yes(server, asked)})
        page = ann.come_back(f"{asked['redirect_uri']}?{back}")
        [shown] = ann.accounts
        gone = ann.ask("DELETE", f"/social/accounts/{shown['id']}")

        assert url.startswith(server.root)
        assert asked["redirect_uri"] == f"{CALLBACK}/{platform}"
        assert page.status_code == 200, page.text
        assert (shown["platform"], shown["status"]) == (platform, "connected")
        assert name in shown["name"]
        assert gone.status_code == 204
        assert is_revoked(server)
        assert ann.accounts == []
        assert server.refused == []
