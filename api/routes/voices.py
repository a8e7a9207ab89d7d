"""`/voices`: who can say a film, and how that sounds."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from api import voices
from api.deps import CurrentUser
from api.envelope import Envelope, ok
from api.schemas.voices import VoiceList, VoiceSample, VoiceShown

router = APIRouter(prefix="/voices", tags=["voices"])

Language = Annotated[
    str | None,
    Query(
        max_length=35,
        pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        description="BCP 47 tag, such as `zh-TW` or `en`; its first part counts.",
    ),
]


@router.get("")
def list_voices(request: Request, _user: CurrentUser, language: Language = None) -> Envelope[VoiceList]:
    """The voices that are ready."""
    return ok(request, VoiceList(items=voices.list_voices(language)))


# Before the next one: an id has a slash in it, so its path would take this one's too.
@router.get("/{voice_id:path}/sample")
def get_voice_sample(request: Request, voice_id: str, user: CurrentUser) -> Envelope[VoiceSample]:
    """A sentence of the voice, behind a signed link. The slash of the id may be written as it is or as `%2F`."""
    return ok(request, voices.get_sample(voice_id, owner=user))


@router.get("/{voice_id:path}")
def get_voice(request: Request, voice_id: str, _user: CurrentUser) -> Envelope[VoiceShown]:
    """One voice. The slash of the id may be written as it is or as `%2F`."""
    return ok(request, voices.get_voice(voice_id))
