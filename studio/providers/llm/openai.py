"""Any OpenAI-compatible chat endpoint as a writer."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from studio.errors import (
    OutOfBalance,
    OverLimit,
    ProviderError,
    ProviderNotReady,
    ProviderRejected,
    ProviderUnavailable,
)
from studio.language.detect import is_chinese
from studio.models.script import Scene, Script
from studio.providers.llm import ScriptOrder
from studio.settings import PROJECT, EnvSettings, ProviderNames

if TYPE_CHECKING:
    import openai

TIMEOUT_S = 120.0
MAX_TOKENS = 16_384
"""Room for a film of ten minutes and a model's own thoughts; without an end a model that repeats itself bills on."""

PASSING = (408, 409, *range(500, 600))
"""Statuses that the vendor's own SDK would try again, its rate limit aside."""

HANZI_A_SCENE = 28
WORDS_A_SCENE = 16


class OpenAISettings(EnvSettings):
    """The vendor's usual variables."""

    openai_api_key: SecretStr = SecretStr("")
    openai_base_url: str = "https://api.openai.com/v1"
    openai_model: str = "gpt-5-mini"
    openai_models: ProviderNames = ()
    """What users of the API may ask besides OPENAI_MODEL; empty allows all that the endpoint lists."""


def _sayable(text: str) -> str:
    if not any(char.isalnum() for char in text):
        raise ValueError("holds nothing that can be said")
    return text


class DraftScene(BaseModel):
    """One scene as the model has to write it."""

    model_config = ConfigDict(extra="forbid")

    narration: Annotated[str, Field(min_length=1, max_length=600), AfterValidator(_sayable)]
    visual: Annotated[str, Field(max_length=300)]
    keywords: Annotated[list[str], Field(max_length=8)]


class DraftScript(BaseModel):
    """A script as the model has to write it."""

    model_config = ConfigDict(extra="forbid")

    hook: DraftScene
    scenes: Annotated[list[DraftScene], Field(min_length=1, max_length=40)]
    closing: DraftScene


class OpenAIWriter:
    """Writes by `chat.completions.parse`, so that what comes back has the shape of a script."""

    name = "openai"

    def check(self) -> None:
        """Raise ProviderNotReady without a key."""
        if not OpenAISettings().openai_api_key.get_secret_value():
            raise ProviderNotReady(
                "llm", self.name, "OPENAI_API_KEY is not set; set it, or use llm 'embedded', which needs no key"
            )

    def write_script(self, order: ScriptOrder) -> Script:
        """Ask the model; its refusal or a broken answer is an error that says so, never an empty script."""
        import openai

        settings = OpenAISettings()
        try:
            answer = _client(settings).chat.completions.parse(
                model=settings.openai_model,
                messages=_messages(order),
                response_format=DraftScript,
                max_completion_tokens=MAX_TOKENS,
            )
        except openai.OpenAIError as error:
            # Not from the cause: Prefect keeps and shows tracebacks, and vendors repeat keys in their refusals.
            raise translate(error, model=settings.openai_model) from None
        except (ValueError, TypeError, AttributeError) as error:
            # The SDK takes for granted that what answered speaks its protocol: a proxy's error page does not.
            raise ProviderUnavailable("llm", self.name, "the answer was not a script of the asked shape") from error
        message = answer.choices[0].message if answer.choices else None
        if message and message.refusal:
            raise ProviderRejected("llm", self.name, f"the model refused: {message.refusal}")
        if message is None or message.parsed is None:
            raise ProviderUnavailable("llm", self.name, "the answer was empty")
        return _script(message.parsed, order, self.name)


@cache
def _client_for(key: str, base_url: str) -> openai.OpenAI:
    import openai

    # Retries are tasks/policy.py's alone: two layers of them multiply.
    return openai.OpenAI(api_key=key, base_url=base_url, timeout=TIMEOUT_S, max_retries=0)


def _client(settings: OpenAISettings) -> openai.OpenAI:
    return _client_for(settings.openai_api_key.get_secret_value(), settings.openai_base_url)


def _messages(order: ScriptOrder) -> Any:
    language = "zh-TW" if is_chinese(order.language) else "en"
    prompt = (PROJECT / "templates" / "prompts" / f"{order.template.prompt}.{language}.md").read_text("utf-8")
    length = round(order.seconds * order.pace)
    scenes = max(1, round(length / (HANZI_A_SCENE if is_chinese(order.language) else WORDS_A_SCENE)))
    system = prompt.replace("{length}", str(length)).replace("{scenes}", str(scenes))
    # The creator's text is data: fenced, in a message of its own, with the fence's mark taken out of it.
    notes = f"<title>\n{_fenced(order.title)}\n</title>\n<notes>\n{_fenced(order.description)}\n</notes>"
    return [{"role": "system", "content": system}, {"role": "user", "content": notes}]


def _fenced(text: str) -> str:
    return text.replace("<", "＜").replace(">", "＞")


def _script(draft: DraftScript, order: ScriptOrder, writer: str) -> Script:
    return Script(
        title=order.title,
        language=order.language,
        scenes=(
            _scene(draft.hook).model_copy(update={"role": "hook"}),
            *map(_scene, draft.scenes),
            _scene(draft.closing).model_copy(update={"role": "closing"}),
        ),
        written_by=writer,
    )


def _scene(draft: DraftScene) -> Scene:
    return Scene(narration=" ".join(draft.narration.split()), visual=draft.visual, keywords=tuple(draft.keywords))


def translate(error: openai.OpenAIError, *, model: str) -> ProviderError:
    """The error of ours that says what the vendor's *error* means; the vendor's words are not repeated."""
    import openai

    if isinstance(error, openai.APIStatusError) and (error.status_code == 402 or error.code == "insufficient_quota"):
        return OutOfBalance("llm", "openai", "the account of OPENAI_API_KEY has no balance left; top it up")
    if isinstance(error, (openai.AuthenticationError, openai.PermissionDeniedError)):
        return ProviderNotReady("llm", "openai", "the key was refused; check OPENAI_API_KEY and OPENAI_BASE_URL")
    if isinstance(error, openai.RateLimitError):
        return OverLimit("llm", "openai", "over its rate limit", retry_after=_retry_after(error))
    # Bare, it came in the middle of a streamed answer.
    is_passing = type(error) is openai.APIError or (
        isinstance(error, openai.APIStatusError) and error.status_code in PASSING
    )
    if is_passing or isinstance(error, (openai.APIConnectionError, openai.LengthFinishReasonError)):
        return ProviderUnavailable("llm", "openai", f"no usable answer ({type(error).__name__})")
    if isinstance(error, openai.NotFoundError):
        return ProviderNotReady("llm", "openai", f"there is no model {model!r}; set OPENAI_MODEL")
    return ProviderRejected("llm", "openai", f"the request was refused ({type(error).__name__})")


def _retry_after(error: openai.APIStatusError) -> float | None:
    value = error.response.headers.get("retry-after", "")
    return float(value) if value.replace(".", "", 1).isdigit() else None
