"""What each scene of a film shows, and something else instead."""

from __future__ import annotations

from contextlib import suppress
from typing import Literal

from api.dispatch import admit, dispatch
from api.errors import NotDone, NotFound, conflict
from api.films import lasting
from api.library import find, shown
from api.schemas.scenes import CandidateShown, ChooseShot, SceneShot, SceneShots
from api.schemas.videos import VideoShown
from store.repos.assets import Assets
from store.repos.videos import Videos
from store.session import DatabaseAway, reading, transaction
from store.tables.users import User
from store.tables.videos import Video
from studio.errors import BadInput, UnknownName
from studio.models.asset import OWN, Asset
from studio.models.brief import Brief
from studio.models.footage import DRAWN, PAINTED, Footage, SceneFootage, Scored
from studio.models.script import Script


def scenes_of(video: Video) -> SceneShots:
    """
    Every scene with its alternatives.

    Raises:
        NotDone: the script is not written yet.
    """
    script, footage = _script(video), _footage(video)
    own = {number for number, key in enumerate(Brief.model_validate(video.brief).assets, 1) if key}
    return SceneShots(
        scenes=[
            SceneShot(
                number=number,
                narration=scene.narration,
                shows=_shows(found, is_own=number in own),
                taken=found.taken if "/" in found.taken else "",
                reason=found.reason,
                queries=list(found.queries),
                candidates=[_candidate(each) for each in found.found],
            )
            for number, (scene, found) in enumerate(zip(script.scenes, footage.scenes, strict=True), 1)
        ]
    )


def choose_shot(video: Video, number: int, choice: ChooseShot, *, owner: User) -> VideoShown:
    """
    The film, being made again with another picture in the scene *number*; only that part is rendered anew.

    Raises:
        NotFound: it has no such scene.
        BadInput: it names something that is not here.
        Conflict: the film is not over.
        QuotaExceeded: the owner has too many films.
    """
    if video.completed_at is None:
        raise conflict("status", "the film is not over")
    footage = _footage(video)
    if not 1 <= number <= len(footage.scenes):
        raise NotFound
    scenes = list(footage.scenes)
    scenes[number - 1] = _chosen(scenes[number - 1], choice, owner=owner)
    changed = footage.model_copy(update={"scenes": tuple(scenes)}).model_dump(mode="json")
    brief = Brief.model_validate(video.brief)
    lasts_s = lasting(brief)
    with transaction() as session:
        admit(session, brief, owner=owner, lasts_s=lasts_s)
        if not Videos(session, owner_id=owner.id).make_again(video.id, footage=changed):
            raise conflict("status", "the film is being made again")
    with suppress(DatabaseAway):
        dispatch()
    return shown(find(video.id, owner=owner))


def _chosen(scene: SceneFootage, choice: ChooseShot, *, owner: User) -> SceneFootage:
    if choice.drawn:
        return scene.model_copy(update={"taken": DRAWN, "asset": None, "reason": "drawn by choice"})
    if choice.asset is not None:
        asset = _own(choice.asset, owner=owner)
        return scene.model_copy(update={"taken": f"own/{choice.asset}", "asset": asset, "reason": ""})
    assert choice.candidate is not None
    known = [each.candidate.name for each in scene.found]
    if choice.candidate not in known:
        raise UnknownName(choice.candidate, field="candidate", known=known or ("none",))
    return scene.model_copy(update={"taken": choice.candidate, "asset": None, "reason": ""})


def _own(asset_id: str, *, owner: User) -> Asset:
    with reading() as session:
        row = Assets(session, owner_id=owner.id).get(asset_id)
    if row is None:
        raise BadInput("there is no such asset", field="asset")
    if row.kind not in ("image", "video"):
        raise BadInput("has no picture; give a picture or a clip", field="asset")
    kind: Literal["image", "video"] = "image" if row.kind == "image" else "video"
    return Asset(key=row.key, kind=kind, media_type=row.media_type, size=row.size, credit=OWN)


def _script(video: Video) -> Script:
    if video.script is None:
        raise NotDone
    return Script.model_validate(video.script)


def _footage(video: Video) -> Footage:
    """What stands in the row, or that nothing was looked for."""
    count = len(_script(video).scenes)
    known = Footage.model_validate(video.footage) if video.footage else None
    if known is not None and len(known.scenes) == count:
        return known
    return Footage(scenes=tuple(SceneFootage(reason="nothing was looked for") for _ in range(count)))


def _shows(found: SceneFootage, *, is_own: bool) -> Literal["found", "painted", "own", "drawn"]:
    if found.taken == PAINTED:
        return "painted"
    if found.taken.startswith("own/") or (is_own and not found.taken):
        return "own"
    return "found" if "/" in found.taken else "drawn"


def _candidate(each: Scored) -> CandidateShown:
    found = each.candidate
    return CandidateShown(
        name=found.name,
        kind=found.kind,
        caption=found.caption,
        score=each.score,
        width=found.width,
        height=found.height,
        duration=found.duration,
        page=found.page,
        credit=found.credit,
    )
