"""Decide what is seen while each scene is spoken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Final

from studio.language.detect import is_chinese
from studio.language.traditional import as_in_taiwan
from studio.models.asset import Asset
from studio.models.base import Model
from studio.models.captions import CaptionPosition
from studio.models.narration import Narration, Recording, Word
from studio.models.script import Scene, Script
from studio.models.shot import CaptionLook, ClipShot, DrawnShot, GroundName, PictureShot, PlannedShot, Shots
from studio.models.template import Dressed, Wording
from studio.models.timeline import Canvas
from studio.picture.branding import open_palette
from studio.picture.captions import caption_look
from studio.picture.iconwords import defaults_for, find_icon
from studio.picture.ideas import content_of
from studio.picture.layouts import CATALOG, Layout, open_layout
from studio.picture.nearicons import MODEL, nearest_icon
from studio.picture.scenetext import FilmText, Place, SceneText
from studio.picture.still import ken_burns
from studio.picture.topics import Topic, choose_topic
from studio.picture.typography import displayable
from studio.providers.embed import Embedder

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


OpenEmbedder = Callable[[], Embedder | None]
"""Opens what compares texts by meaning; None where nothing is ready."""


def no_embedder() -> Embedder | None:
    """None."""
    return None


NONE_FOUND: Final[Mapping[int, OwnMedia | None]] = MappingProxyType({})


def plan_shots(
    script: Script,
    narration: Narration,
    *,
    canvas: Canvas,
    template: Dressed,
    own: Sequence[OwnMedia | None] = (),
    found: Mapping[int, OwnMedia | None] = NONE_FOUND,
    logo: Asset | None = None,
    open_embedder: OpenEmbedder = no_embedder,
) -> Shots:
    """
    A shot for every scene.

    What was *found* for a scene, by its number from 0, comes first; None has it drawn. Then come the creator's own
    pictures and clips, one a scene in the order given, None for a scene without. The remaining scenes are drawn, each by the first layout that
    it qualifies for. A layout does not come twice running unless it or the template says so, and no ground stays for
    more than LONGEST_RUN scenes where there is another. All of a film is in one palette. *logo* is the brand's.
    *open_embedder* is called by the first scene whose words name no icon.
    """
    topic = _topic_of(script, template)
    nearest = _nearest_icons(open_embedder, chinese=is_chinese(script.language))
    film = _film_text(script, template.words(script.language), topic, nearest)
    planner = _Planner(film, topic, template=template, logo=logo, canvas=canvas, total=len(script.scenes))
    media_of = [found.get(i, media) for i, media in enumerate(_padded(own, script))]
    for scene, recording, media in zip(script.scenes, narration.recordings, media_of, strict=True):
        if media is None:
            planner.draw(scene, recording)
        else:
            planner.show(media)
    return Shots(shots=tuple(planner.shots))


def _padded(own: Sequence[OwnMedia | None], script: Script) -> list[OwnMedia | None]:
    count = len(script.scenes)
    return [*own[:count], *[None] * (count - len(own))]


def _topic_of(script: Script, template: Dressed) -> Topic:
    topic = choose_topic(
        displayable(script.title),
        keywords=[word for scene in script.scenes for word in scene.keywords],
        narration=" ".join(scene.narration for scene in script.scenes),
        chinese=is_chinese(script.language),
    )
    if template.palettes and topic.palette not in template.palettes:
        return replace(topic, palette=template.palettes[0])
    return topic


def _nearest_icons(open_embedder: OpenEmbedder, *, chinese: bool) -> Callable[[str], str]:
    """The icon nearest to a text in meaning, or nothing; each text of a film is looked up once."""

    @cache
    def nearest(text: str) -> str:
        embedder = open_embedder() if text else None
        if embedder is None or embedder.name != MODEL:
            return ""
        return nearest_icon(embedder.questions([text])[0], chinese=chinese)

    return nearest


def _film_text(script: Script, wording: Wording, topic: Topic, nearest: Callable[[str], str]) -> FilmText:
    chinese = is_chinese(script.language)
    title = displayable(script.title) or displayable(script.scenes[0].narration) or displayable(wording.name)
    defaults = defaults_for(topic.palette)
    keywords = "，".join(word for scene in script.scenes for word in scene.keywords[:2])
    named = find_icon(title, chinese=chinese) or find_icon(keywords, chinese=chinese)
    return FilmText(
        title=title,
        language=script.language,
        name=_worded(wording.name, script.language),
        tagline=_worded(wording.tagline, script.language),
        call=_worded(wording.call_to_action, script.language),
        following=_worded(wording.following, script.language),
        icon=named or nearest(displayable(script.title)) or defaults[0],
        defaults=defaults,
        credit=CREDITS[chinese],
        nearest=nearest,
    )


def _worded(text: str, language: str) -> str:
    """*text* of a template as it is shown: it may hold the title as the brief has it, whatever the script made of it."""
    return displayable(as_in_taiwan(text) if is_chinese(language) else text)


_Choice = tuple[str, Layout[Model], Model, GroundName]
"""Name of a layout, the layout, what it shows, and on which ground."""


class _Planner:
    """Plans scene after scene, because each choice depends on the ones before."""

    def __init__(
        self, film: FilmText, topic: Topic, *, template: Dressed, logo: Asset | None, canvas: Canvas, total: int
    ) -> None:
        self._film, self._topic, self._canvas, self._total = film, topic, canvas, total
        self._template, self._logo = template, logo
        self._kicker_of_all = _worded(template.words(film.language).kicker, film.language)
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
        look = self._look("deep", position=self._template.captions.position)
        self.shots.append(PlannedShot(shot=shot, captions=look))

    def draw(self, scene: Scene, recording: Recording) -> None:
        """Add a drawn shot by the first layout that fits."""
        text = self._scene_text(scene, recording)
        name, layout, content, ground = self._suggested(scene, text) or self._choose(text)
        values = content.model_dump(mode="json")
        self._used_icons |= _icons_in(values)
        shot = DrawnShot(
            layout=name,
            palette=self._topic.palette,
            ground=ground,
            kicker=self._kicker(text),
            position=(len(self.shots) + 1, self._total),
            accent=self._template.brand.colour,
            logo=self._logo if text.place == "ending" else None,
            content=values,
        )
        shown = layout.words_shown(content)
        self.shots.append(PlannedShot(shot=shot, captions=self._look(ground), words_shown=shown))

    def _look(self, ground: GroundName, *, position: CaptionPosition = "low") -> CaptionLook:
        palette = open_palette(self._topic.palette, accent=self._template.brand.colour)
        return caption_look(palette, ground, self._template.captions, position=position)

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

    def _suggested(self, scene: Scene, text: SceneText) -> _Choice | None:
        """The writer's own idea of the picture, where the sentence bears it out and nothing forbids its layout."""
        if scene.picture is None or text.place != "middle":
            return None
        name = scene.picture.layout
        layout = open_layout(name)
        ground = self._ground_for(layout)
        content = content_of(scene.picture, text) if ground and self._may_follow(name, layout) else None
        return (name, layout, content, ground) if ground and content else None

    def _choose(self, text: SceneText) -> _Choice:
        for name in CATALOG:
            layout = open_layout(name)
            if not self._may_follow(name, layout):
                continue
            ground = self._ground_for(layout)
            content = layout.match(text) if ground else None
            if ground and content is not None:
                return name, layout, content, ground
        raise AssertionError("the last layout of the catalog takes every scene on more than one ground")

    def _may_follow(self, name: str, layout: Layout[Model]) -> bool:
        return name != self._last_layout or layout.repeats or self._template.repeats_layouts

    def _ground_for(self, layout: Layout[Model]) -> GroundName | None:
        """The template's first choice of the layout's grounds, then the layout's own; none that is worn."""
        wanted = [ground for ground in self._template.grounds if ground in layout.grounds]
        return next((ground for ground in (*wanted, *layout.grounds) if not self._is_worn(ground)), None)

    @property
    def _last_layout(self) -> str:
        last = self.shots[-1].shot if self.shots else None
        return last.layout if isinstance(last, DrawnShot) else ""

    def _is_worn(self, ground: GroundName) -> bool:
        recent = [planned.shot for planned in self.shots[-LONGEST_RUN:]]
        grounds = [shot.ground for shot in recent if isinstance(shot, DrawnShot)]
        return grounds == [ground] * LONGEST_RUN

    def _kicker(self, text: SceneText) -> str:
        if text.place == "opening":
            return self._film.name
        return self._kicker_of_all or self._topic.label or self._film.name


def _icons_in(content: dict[str, object]) -> set[str]:
    """Icons of an illustration: the ones that should not come again soon."""
    parts = content.get("parts")
    beats = content.get("beats")
    found = {str(content["hero"])} if "hero" in content else set()
    found |= {str(beat["hero"]) for beat in beats if beat["hero"]} if isinstance(beats, list) else set()
    return found | {str(part["icon"]) for part in parts} if isinstance(parts, list) else found
