"""Any OpenAI-compatible `/images/generations` that answers with the picture itself."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

from PIL import Image, UnidentifiedImageError
from pydantic import SecretStr

from studio.errors import ProviderNotReady, ProviderRejected
from studio.models.asset import Credit
from studio.providers.imagegen import PictureOrder
from studio.providers.openaisdk import Endpoint, client_of
from studio.providers.till import Quote, Units, call_key
from studio.settings import EnvSettings

if TYPE_CHECKING:
    from openai.types import ImagesResponse

Size = Literal["1024x1024", "1024x1536", "1536x1024"]
"""What every image model of the vendor paints. Source: its SDK, `ImageGenerateParams.size`."""

TIMEOUT_S = 180.0
"""For a whole answer: a large picture takes a minute or two."""

MOST_BYTES = 64 << 20
MOST_PIXELS: Final = 50_000_000
FORMATS: Final = ("PNG", "JPEG", "WEBP")

LONGEST: Final = 32_000
"""Characters of a prompt. Source: the vendor's SDK, `ImageGenerateParams.prompt`."""

MOST_OUTPUT_TOKENS: Final = 8_192
"""What a picture may use at most: the vendor's guide of images names 6,240 for the largest of these sizes."""


class OpenAIImageSettings(EnvSettings):
    """The vendor's usual variables, and what pictures have of their own: chat endpoints often have none."""

    openai_api_key: SecretStr = SecretStr("")
    openai_base_url: str = "https://api.openai.com/v1"
    openai_image_base_url: str = ""
    """Empty means OPENAI_BASE_URL."""
    openai_image_model: str = "gpt-image-2.5-flare"
    """The one that the vendor's SDK names in the place of those that ended; its price is published."""

    @property
    def address(self) -> str:
        """Where pictures are asked for."""
        return self.openai_image_base_url or self.openai_base_url


class OpenAIImages:
    """Paints one picture a request, in the size that is nearest to the canvas's shape."""

    name = "openai"

    def __init__(self) -> None:
        settings = OpenAIImageSettings()
        host = urlsplit(settings.address).hostname or settings.address
        title = f"{settings.openai_image_model}, painted by a model"
        self.credit = Credit(title=title, author=host, licence="the vendor's terms")

    @property
    def model(self) -> str:
        """OPENAI_IMAGE_MODEL."""
        return OpenAIImageSettings().openai_image_model

    def check(self) -> None:
        """Raise ProviderNotReady without a key."""
        if not OpenAIImageSettings().openai_api_key.get_secret_value():
            raise ProviderNotReady(
                "imagegen", self.name, "OPENAI_API_KEY is not set; set it, or leave IMAGEGEN empty: scenes are drawn"
            )

    def quote(self, order: PictureOrder) -> Quote:
        """One picture, by the tokens that it may use."""
        settings = OpenAIImageSettings()
        prompt, model = prompt_of(order), settings.openai_image_model
        return Quote(
            role="imagegen",
            provider=self.name,
            model=model,
            key=call_key("imagegen", self.name, settings.address, model, size_of(order), prompt),
            # No text has more tokens than bytes.
            units={"images": 1, "input_tokens": len(prompt.encode()), "output_tokens": MOST_OUTPUT_TOKENS},
            address=settings.address,
        )

    def paint(self, order: PictureOrder, into: Path) -> Units:
        """Save the picture, as it came; what cannot be opened as one is not kept."""
        self.check()
        settings, prompt = OpenAIImageSettings(), prompt_of(order)
        if not any(char.isalnum() for char in order.prompt) or len(prompt) > LONGEST:
            raise ProviderRejected("imagegen", self.name, f"a prompt has some words and at most {LONGEST} characters")
        endpoint = _endpoint(settings)
        with endpoint.errors():
            answer = _answer(settings, prompt, size_of(order))
        content = _content(answer, endpoint)
        _look_at(content, endpoint)
        into.write_bytes(content)
        return _used(answer) or self.quote(order).units


def prompt_of(order: PictureOrder) -> str:
    """What the model is told."""
    return "\n\n".join(part for part in (order.prompt.strip(), order.style.strip()) if part)


def size_of(order: PictureOrder) -> Size:
    """The size whose shape is nearest to the canvas's."""
    if order.width == order.height:
        return "1024x1024"
    return "1024x1536" if order.height > order.width else "1536x1024"


def _endpoint(settings: OpenAIImageSettings) -> Endpoint:
    return Endpoint("imagegen", "picture", settings.openai_image_model, "OPENAI_IMAGE_MODEL", "OPENAI_IMAGE_BASE_URL")


def _answer(settings: OpenAIImageSettings, prompt: str, size: Size) -> ImagesResponse:
    client = client_of(settings.openai_api_key.get_secret_value(), settings.address, TIMEOUT_S, MOST_BYTES)
    return client.images.generate(model=settings.openai_image_model, prompt=prompt, size=size, n=1)


def _content(answer: ImagesResponse, endpoint: Endpoint) -> bytes:
    """The picture's file. The SDK passes on whatever JSON there was."""
    try:
        encoded = (answer.data or [])[0].b64_json
        return base64.b64decode(encoded or "", validate=True)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise endpoint.unavailable("its answer holds no picture") from error


def _look_at(content: bytes, endpoint: Endpoint) -> None:
    """
    Refuse what is no whole picture of a size that can be opened.

    Raises:
        ProviderUnavailable: another attempt may bring one.
    """
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise endpoint.unavailable(f"its picture has more than {MOST_PIXELS} px")
            picture.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise endpoint.unavailable("what came was no picture") from error


def _used(answer: ImagesResponse) -> Units | None:
    """What the vendor counted, where it counts."""
    names = ("input_tokens", "output_tokens")
    counted = {name: getattr(answer.usage, name, None) for name in names}
    used = {name: float(tokens) for name, tokens in counted.items() if isinstance(tokens, int) and tokens >= 0}
    return {"images": 1.0, **used} if len(used) == len(names) else None
