"""What all OpenAI-compatible endpoints have in common: how a script is asked for, mended and made to fit."""

from __future__ import annotations

import json
from collections.abc import Sequence

from studio.errors import ProviderError
from studio.language.detect import is_chinese
from studio.models.script import Script
from studio.providers.llm import ScriptOrder
from studio.providers.llm.chat import Chat, Unusable
from studio.providers.llm.draft import DraftScript, Misshapen, parse_draft, script_of
from studio.providers.llm.endpoint import Endpoint
from studio.providers.llm.prompts import Message, filled, opening, prompt
from studio.providers.till import Till, call_key

TOLERANCE = 0.1
"""How much of the asked seconds a script may miss without being asked for again: people do not notice less."""

LENGTH_REPAIRS = 2
MOST_ATTEMPTS = 20
"""How many conversations that failed a till may remember before nobody believes in another."""


class Compatible(Endpoint):
    """A writer and a list of text models at one address; a subclass says where that is."""

    def write_script(self, order: ScriptOrder, *, till: Till) -> Script:
        """
        Ask the model; its refusal or a broken answer is an error that says so, never an empty script.

        A conversation that came to nothing is not repeated from the till's memory: then a new one begins.
        """
        access = self.access
        access.check()
        for attempt in range(MOST_ATTEMPTS):
            chat = Chat(access, till, DraftScript, hint=_hint(order), salt=call_key(order.salt, attempt))
            try:
                draft = _fitted(chat, _written(chat, order), order)
            except Unusable:
                if chat.has_asked:
                    raise
            else:
                warnings = (*_length_warnings(draft, order, self.name), *self.model_warnings())
                return script_of(draft, order, written_by=self.name, warnings=warnings)
        raise access.unavailable("it never wrote a script of the asked shape")


def _hint(order: ScriptOrder) -> str:
    schema = json.dumps(DraftScript.model_json_schema(), ensure_ascii=False)
    return filled(prompt("shape", order.language), schema=schema)


def _written(chat: Chat, order: ScriptOrder) -> DraftScript:
    """The model's first script that is one: by schema, then by a schema in words, then with its errors shown."""
    messages = opening(order)
    is_repaired = False
    while True:
        try:
            return parse_draft(chat.ask(messages))
        except Misshapen as error:
            if chat.format == "schema":
                chat.format = "object"
            elif is_repaired:
                raise Unusable("llm", chat.access.name, f"it wrote {error}") from None
            else:
                errors = "\n".join(f"- {complaint}" for complaint in error.complaints)
                wish = filled(prompt("repair", order.language), errors=errors)
                messages, is_repaired = _continued(messages, error.text, wish), True


def _fitted(chat: Chat, draft: DraftScript, order: ScriptOrder) -> DraftScript:
    """*draft*, or the one of at most two more that comes nearer to the asked length."""
    best = latest = draft
    for _ in range(LENGTH_REPAIRS):
        if abs(_missed(latest, order)) <= TOLERANCE:
            break
        messages = _continued(opening(order), latest.model_dump_json(), _length_wish(latest, order))
        try:
            following = parse_draft(chat.ask(messages))
        except (ProviderError, Misshapen):
            # A script that is too long is better than none.
            break
        best = min(best, following, key=lambda each: abs(_missed(each, order)))
        if following == latest:
            break
        latest = following
    return best


def _continued(messages: Sequence[Message], answer: str, wish: str) -> list[Message]:
    return [*messages, Message(role="assistant", content=answer), Message(role="user", content=wish)]


def _length_wish(draft: DraftScript, order: ScriptOrder) -> str:
    """In characters (Chinese) or words: what a model can count, unlike seconds."""
    text = " ".join(scene.narration for scene in draft.all_scenes)
    now = sum(char.isalnum() for char in text) if is_chinese(order.language) else len(text.split())
    silent = len(draft.all_scenes) * order.template.gap
    spoken = max(1.0, _seconds(draft, order) - silent)
    wanted = round(now * max(1.0, order.seconds - silent) / spoken)
    return filled(prompt("length", order.language), now=now, wanted=max(1, wanted))


def _seconds(draft: DraftScript, order: ScriptOrder) -> float:
    return sum(order.seconds_of(scene.narration) for scene in draft.all_scenes)


def _missed(draft: DraftScript, order: ScriptOrder) -> float:
    """By what share of the asked seconds *draft* is too long; below nought, too short."""
    return _seconds(draft, order) / order.seconds - 1


def _length_warnings(draft: DraftScript, order: ScriptOrder, writer: str) -> tuple[str, ...]:
    missed = _missed(draft, order)
    if abs(missed) <= TOLERANCE:
        return ()
    way = "longer" if missed > 0 else "shorter"
    return (
        f"llm '{writer}': the script lasts about {_seconds(draft, order):.0f} of the {order.seconds} seconds asked "
        f"for, {abs(missed):.0%} {way}.",
    )
