"""Painted pictures, against a server that speaks the vendor's protocol."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from studio.errors import OverLimit, ProviderError, ProviderNotReady, ProviderRejected, ProviderUnavailable
from studio.providers.imagegen import PictureOrder, catalog, openai
from studio.providers.prices import cost_of
from tests.media import make_picture_bomb
from tests.studio.providers.test_vendor import MEANINGS
from tests.support.vendor import FAULTS, LEAK, RETRY_AFTER_S, Asked, Fault, Said, VendorServer, as_json, vendor_server

ORDER = PictureOrder("Waves on a rock", "Natural light.", 1080, 1920)
USAGE = {"input_tokens": 20, "output_tokens": 1_500, "total_tokens": 1_520, "input_tokens_details": {}}


def picture(form: str = "PNG", size: tuple[int, int] = (8, 12)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "navy").save(file, form)
    return file.getvalue()


def answer_with(content: bytes) -> dict[str, Any]:
    encoded = base64.b64encode(content).decode()
    return {"created": 1, "output_format": "png", "data": [{"b64_json": encoded}], "usage": USAGE}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[VendorServer]:
    """The vendor; a request that is not what it documents is answered with 500."""

    def answer(asked: Asked) -> Said:
        assert (asked.method, asked.path) == ("POST", "/v1/images/generations")
        assert set(asked.json) == {"model", "prompt", "size", "n"}
        return as_json(answer_with(picture()))

    with vendor_server(answer) as found:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        monkeypatch.setenv("OPENAI_IMAGE_BASE_URL", f"{found.root}/v1")
        monkeypatch.setattr(openai, "TIMEOUT_S", 0.5)
        monkeypatch.setattr(openai, "MOST_BYTES", 4 << 20)
        yield found


def says(server: VendorServer, value: Any, status: int = 200) -> None:
    server.answer = lambda _: as_json(value, status)


def test_a_picture_is_asked_for_as_the_vendor_documents(server: VendorServer, tmp_path: Path) -> None:
    used = catalog.open("openai").paint(ORDER, tmp_path / "picture.png")

    assert (tmp_path / "picture.png").read_bytes() == picture()
    assert server.asked[0].headers["authorization"] == "Bearer sk-test"
    assert server.asked[0].json == {
        "model": "gpt-image-2.5-flare",
        "prompt": "Waves on a rock\n\nNatural light.",
        "size": "1024x1536",
        "n": 1,
    }
    assert used == {"images": 1, "input_tokens": 20, "output_tokens": 1_500}


@pytest.mark.parametrize(
    ("canvas", "size"), [((1080, 1920), "1024x1536"), ((1920, 1080), "1536x1024"), ((1080, 1080), "1024x1024")]
)
def test_the_size_has_the_shape_of_the_canvas(canvas: tuple[int, int], size: str) -> None:
    assert openai.size_of(replace(ORDER, width=canvas[0], height=canvas[1])) == size


@pytest.mark.parametrize("form", ["JPEG", "WEBP"])
def test_other_forms_are_kept_as_they_come(server: VendorServer, form: str, tmp_path: Path) -> None:
    says(server, answer_with(picture(form)))
    catalog.open("openai").paint(ORDER, tmp_path / "picture")

    assert (tmp_path / "picture").read_bytes() == picture(form)


def test_a_quote_names_what_shapes_the_picture_and_has_a_price(server: VendorServer) -> None:
    model = catalog.open("openai")
    quote = model.quote(ORDER)
    others = [replace(ORDER, prompt="Sand"), replace(ORDER, style="Ink."), replace(ORDER, width=1920, height=1080)]
    public = replace(quote, address="https://api.openai.com/v1")

    assert (quote.role, quote.provider, quote.address) == ("imagegen", "openai", f"{server.root}/v1")
    assert quote.fresh_s is None
    assert model.quote(replace(ORDER, width=540, height=960)).key == quote.key
    assert len({quote.key, *(model.quote(other).key for other in others)}) == 4
    assert Decimal(cost_of(public, quote.units) or 0) > 0


def test_what_an_endpoint_does_not_count_is_taken_as_quoted(server: VendorServer, tmp_path: Path) -> None:
    model = catalog.open("openai")
    says(server, {**answer_with(picture()), "usage": None})

    assert model.paint(ORDER, tmp_path / "picture") == model.quote(ORDER).units


@pytest.mark.parametrize("fault", FAULTS)
def test_every_way_to_fail_has_its_error(server: VendorServer, fault: Fault, tmp_path: Path) -> None:
    server.fault = fault
    with pytest.raises(ProviderError) as caught:
        catalog.open("openai").paint(ORDER, tmp_path / "picture")

    # An endpoint without pictures answers 404: scenes are drawn then.
    assert type(caught.value) is (ProviderNotReady if fault == "404" else MEANINGS[fault])
    assert caught.value.role == "imagegen"
    assert LEAK not in str(caught.value)
    assert len(server.asked) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_rate_limit_says_how_long(server: VendorServer, tmp_path: Path) -> None:
    server.fault = "429"
    with pytest.raises(OverLimit) as caught:
        catalog.open("openai").paint(ORDER, tmp_path / "picture")

    assert caught.value.retry_after == RETRY_AFTER_S


@pytest.mark.parametrize("code", ["moderation_blocked", "content_policy_violation"])
def test_what_moderation_refuses_is_refused_for_good(server: VendorServer, code: str, tmp_path: Path) -> None:
    says(server, {"error": {"message": LEAK, "type": "image_generation_user_error", "code": code}}, 400)
    with pytest.raises(ProviderRejected, match="moderation") as caught:
        catalog.open("openai").paint(ORDER, tmp_path / "picture")

    assert LEAK not in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        None, [], "x", 7, {}, {"created": 1, "data": []}, {"data": None}, {"data": "x"}, {"data": [None]}, {"data": [{}]},
        {"data": [{"b64_json": None}]}, {"data": [{"b64_json": 7}]}, {"data": [{"b64_json": "%%%"}]},
        {"data": [{"b64_json": ""}]}, {"data": [{"url": "http://169.254.169.254/x.png"}]}, {"data": [{"b64_json": ["a"]}]},
    ],
)  # fmt: skip
def test_an_answer_without_a_picture_is_unavailable(server: VendorServer, answer: Any, tmp_path: Path) -> None:
    says(server, answer)
    with pytest.raises(ProviderUnavailable):
        catalog.open("openai").paint(ORDER, tmp_path / "picture")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [b"<html>", b"\x89PNG\r\n\x1a\n", picture()[:45], picture("GIF"), b"<svg xmlns='http://www.w3.org/2000/svg'/>"],
)
def test_what_is_no_whole_picture_is_not_kept(server: VendorServer, content: bytes, tmp_path: Path) -> None:
    says(server, answer_with(content))
    with pytest.raises(ProviderUnavailable, match="no picture"):
        catalog.open("openai").paint(ORDER, tmp_path / "picture")

    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_unpacks_to_any_size_is_not_opened(server: VendorServer, tmp_path: Path) -> None:
    bomb = make_picture_bomb(tmp_path / "bomb.png", side=8_000).read_bytes()
    says(server, answer_with(bomb))
    with pytest.raises(ProviderUnavailable, match="more than 50000000 px"):
        catalog.open("openai").paint(ORDER, tmp_path / "picture")

    assert not (tmp_path / "picture").exists()


@pytest.mark.parametrize("prompt", ["", "…", "x" * 32_001])
def test_a_prompt_that_cannot_be_painted_is_sent_to_nobody(server: VendorServer, prompt: str, tmp_path: Path) -> None:
    with pytest.raises(ProviderRejected, match="prompt"):
        catalog.open("openai").paint(replace(ORDER, prompt=prompt), tmp_path / "picture")

    assert server.asked == []


def test_without_a_key_it_says_what_to_set_and_what_is_shown_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ProviderNotReady, match=r"OPENAI_API_KEY is not set.*scenes are drawn"):
        catalog.open("openai").check()


def test_the_credit_says_that_a_model_painted(server: VendorServer) -> None:
    credit = catalog.open("openai").credit

    assert (credit.title, credit.author) == ("gpt-image-2.5-flare, painted by a model", "127.0.0.1")
    assert json.loads(credit.model_dump_json())["licence"] == "the vendor's terms"
