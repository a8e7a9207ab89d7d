"""Decide what is seen while each scene is spoken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from studio.language.detect import is_chinese
from studio.models.asset import Asset
from studio.models.base import Model
from studio.models.narration import Narration, Recording, Word
from studio.models.script import Scene, Script
from studio.models.shot import ClipShot, DrawnShot, GroundName, PictureShot, PlannedShot, Shots
from studio.models.template import Wording
from studio.models.timeline import Canvas
from studio.picture.captions import caption_look
from studio.picture.iconwords import defaults_for, find_icon
from studio.picture.layouts import CATALOG, Layout, open_layout
from studio.picture.scenetext import FilmText, Place, SceneText
from studio.picture.still import ken_burns
from studio.picture.topics import Topic, choose_topic
from studio.picture.typography import displayable

LONGEST_RUN: Final = 2
"""At most so many scenes in a row on one ground."""

CREDITS: Final = {
    True: "圖示 Fluent Emoji　字型 Noto Sans TC / Outfit　語音 AI 合成",
    False: "Icons Fluent Emoji  ·  Type Outfit / Noto Sans  ·  AI voice",
}
"""What a drawn film is made with; in Chinese: True."""


@dataclass(frozen=True)
class OwnMedia:
    """A picture or clip of the creator's own, upright size in px."""

    asset: Asset
    width: int
    height: int


NONE_FOUND: Final[Mapping[int, OwnMedia | None]] = MappingProxyType({})


def plan_shots(
    script: Script,
    narration: Narration,
    *,
    canvas: Canvas,
    wording: Wording,
    own: Sequence[OwnMedia] = (),
    found: Mapping[int, OwnMedia | None] = NONE_FOUND,
) -> Shots:
    """
    A shot for every scene.

    What was *found* for a scene, by its number from 0, comes first; None has it drawn. Then come the creator's own
    pictures and clips, one a scene in the order given. The remaining scenes are drawn, each by the first layout that it qualifies for. A layout does not come twice running unless it may,
    and no ground stays for more than LONGEST_RUN scenes. All of a film is in one palette.
    """
    topic = _topic_of(script)
    film = _film_text(script, wording, topic)
    planner = _Planner(film, topic, canvas=canvas, total=len(script.scenes))
    media_of = [found.get(i, media) for i, media in enumerate(_padded(own, script))]
    for scene, recording, media in zip(script.scenes, narration.recordings, media_of, strict=True):
        if media is None:
            planner.draw(scene, recording)
        else:
            planner.show(media)
    return Shots(shots=tuple(planner.shots))


def _padded(own: Sequence[OwnMedia], script: Script) -> list[OwnMedia | None]:
    count = len(script.scenes)
    return [*own[:count], *[None] * (count - len(own))]


def _topic_of(script: Script) -> Topic:
    return choose_topic(
        displayable(script.title),
        keywords=[word for scene in script.scenes for word in scene.keywords],
        narration=" ".join(scene.narration for scene in script.scenes),
        chinese=is_chinese(script.language),
    )


def _film_text(script: Script, wording: Wording, topic: Topic) -> FilmText:
    chinese = is_chinese(script.language)
    title = displayable(script.title) or displayable(script.scenes[0].narration) or displayable(wording.name)
    defaults = defaults_for(topic.palette)
    keywords = "，".join(word for scene in script.scenes for word in scene.keywords[:2])
    return FilmText(
        title=title,
        language=script.language,
        name=displayable(wording.name),
        tagline=displayable(wording.tagline),
        call=displayable(wording.call_to_action),
        icon=find_icon(title, chinese=chinese) or find_icon(keywords, chinese=chinese) or defaults[0],
        defaults=defaults,
        credit=CREDITS[chinese],
    )


class _Planner:
    """Plans scene after scene, because each choice depends on the ones before."""

    def __init__(self, film: FilmText, topic: Topic, *, canvas: Canvas, total: int) -> None:
        self._film, self._topic, self._canvas, self._total = film, topic, canvas, total
        self.shots: list[PlannedShot] = []
        self._used_icons: set[str] = set()
        self._pictures = 0

    def show(self, media: OwnMedia) -> None:
        """Add a shot of the creator's own."""
        shot: PictureShot | ClipShot
        if media.asset.kind == "video":
            shot = ClipShot(clip=media.asset)
        else:
            opening, closing = ken_burns((media.width, media.height), self._canvas, number=self._pictures)
            shot = PictureShot(picture=media.asset, opening=opening, closing=closing)
            self._pictures += 1
        self.shots.append(PlannedShot(shot=shot, captions=caption_look(self._topic.palette, "deep")))

    def draw(self, scene: Scene, recording: Recording) -> None:
        """Add a drawn shot by the first layout that fits."""
        text = self._scene_text(scene, recording)
        name, layout, content, ground = self._choose(text)
        values = content.model_dump(mode="json")
        self._used_icons |= _icons_in(values)
        shot = DrawnShot(
            layout=name,
            palette=self._topic.palette,
            ground=ground,
            kicker=self._kicker(text),
            position=(len(self.shots) + 1, self._total),
            content=values,
        )
        hides = bool(text.narration) and _letters(text.narration) == _letters(layout.words_shown(content))
        look = caption_look(self._topic.palette, ground)
        self.shots.append(PlannedShot(shot=shot, captions=look, hides_captions=hides))

    def _scene_text(self, scene: Scene, recording: Recording) -> SceneText:
        number = len(self.shots)
        place: Place = "opening" if number == 0 else "ending" if number == self._total - 1 else "middle"
        keywords = (displayable(word) for word in scene.keywords)
        return SceneText(
            film=self._film,
            narration=displayable(scene.narration),
            place=place,
            keywords=tuple(word for word in keywords if word),
            words=tuple(Word(text=word.text, start=word.start, end=word.end) for word in recording.words),
            used_icons=frozenset(self._used_icons),
        )

    def _choose(self, text: SceneText) -> tuple[str, Layout[Model], Model, GroundName]:
        for name in CATALOG:
            layout = open_layout(name)
            if name == self._last_layout and not layout.repeats:
                continue
            ground = next((ground for ground in layout.grounds if not self._is_worn(ground)), None)
            content = layout.match(text) if ground else None
            if ground and content is not None:
                return name, layout, content, ground
        raise AssertionError("the last layout of the catalog takes every scene on more than one ground")

    @property
    def _last_layout(self) -> str:
        last = self.shots[-1].shot if self.shots else None
        return last.layout if isinstance(last, DrawnShot) else ""

    def _is_worn(self, ground: GroundName) -> bool:
        recent = [planned.shot for planned in self.shots[-LONGEST_RUN:]]
        grounds = [shot.ground for shot in recent if isinstance(shot, DrawnShot)]
        return grounds == [ground] * LONGEST_RUN

    def _kicker(self, text: SceneText) -> str:
        if text.place == "opening" or not self._topic.label:
            return self._film.name
        return self._topic.label


def _icons_in(content: dict[str, object]) -> set[str]:
    """Icons of an illustration: the ones that should not come again soon."""
    parts = content.get("parts")
    beats = content.get("beats")
    found = {str(content["hero"])} if "hero" in content else set()
    found |= {str(beat["hero"]) for beat in beats if beat["hero"]} if isinstance(beats, list) else set()
    return found | {str(part["icon"]) for part in parts} if isinstance(parts, list) else found


def _letters(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())
