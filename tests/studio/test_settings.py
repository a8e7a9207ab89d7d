"""The secret that everything is signed with: made on the first start, and refused where it could be guessed."""

from __future__ import annotations

import secrets
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from studio.errors import BadInput
from studio.settings import get_settings, signing_key


@pytest.fixture
def given(fresh_home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], bytes]:
    """The key that a SECRET_KEY leads to."""

    def key(text: str) -> bytes:
        monkeypatch.setenv("SECRET_KEY", text)
        get_settings.cache_clear()
        return signing_key()

    return key


def test_the_first_start_makes_a_secret_that_only_its_user_can_read(fresh_home: Path) -> None:
    made = signing_key()
    path = fresh_home / "secret.key"

    assert len(bytes.fromhex(made.decode())) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in fresh_home.iterdir()] == ["secret.key"]


def test_the_next_start_has_the_same_secret(fresh_home: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: signing_key(), range(8)))

    assert len(made) == 1
    assert signing_key() in made


@pytest.mark.parametrize("text", ["short", "x" * 31])
def test_a_short_secret_is_refused(given: Callable[[str], bytes], text: str) -> None:
    with pytest.raises(BadInput, match="SECRET_KEY: must have at least 32 bytes; `openssl rand -hex 32` makes one"):
        given(text)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 32,
        "0" * 64,
        "ab" * 16,
        "Tides-and-moon-1" * 2,
        "changeme-changeme-please-changeme!",
        "CHANGE_ME_before_you_go_to_production",
        "my-super-secret-key-for-the-videos",
        "12345678901234567890123456789012",
        "abababababababababababababababac",
    ],
)
def test_a_secret_that_can_be_guessed_is_refused(given: Callable[[str], bytes], text: str) -> None:
    with pytest.raises(BadInput, match="SECRET_KEY: can be guessed; `openssl rand -hex 32` makes one that cannot"):
        given(text)


def test_a_secret_is_not_in_the_error_about_it(given: Callable[[str], bytes]) -> None:
    with pytest.raises(BadInput) as caught:
        given("changeme-canary-canary-canary-canary")

    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("make", [secrets.token_hex, secrets.token_urlsafe])
def test_a_random_secret_is_taken(given: Callable[[str], bytes], make: Callable[[int], str]) -> None:
    for _ in range(50):
        text = make(32)

        assert given(text) == text.encode()
