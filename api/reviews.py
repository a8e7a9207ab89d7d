"""Scripts, read and changed before they are said."""

from __future__ import annotations

from api.dispatch import dispatch
from api.envelope import ErrorDetail
from api.errors import Conflict, NotDone, PlanExceeded
from api.films import lasting, status_of
from api.library import find, shown
from api.schemas.videos import ChangeScript, ScriptShown, VideoShown
from store.repos.videos import Videos
from store.session import transaction
from store.tables.users import User
from store.tables.videos import Video
from studio.models.brief import Brief
from studio.models.plan import plan_of
from studio.models.script import Scene, Script


def script_of(video: Video) -> ScriptShown:
    """
    The script as it is now.

    Raises:
        NotDone: it is not written yet.
    """
    if video.script is None:
        raise NotDone
    return ScriptShown.model_validate(video.script)


def change_script(video: Video, changes: ChangeScript, *, owner: User) -> ScriptShown:
    """
    The script with other scenes: these will be said.

    Raises:
        Conflict: nobody waits for it to be read, or not any more.
        PlanExceeded: the film would be longer than the owner's plan allows.
    """
    _check_review(video)
    before = Script.model_validate(video.script)
    pictures = {scene.narration: scene.picture for scene in before.scenes}
    scenes = tuple(Scene(**each.model_dump(), picture=pictures.get(each.narration)) for each in changes.scenes)
    _check_length(video, scenes, owner=owner)
    script = before.model_copy(update={"scenes": scenes}).model_dump(mode="json")
    with transaction() as session:
        if not Videos(session, owner_id=video.owner_id).change_script(video.id, script):
            raise _not_under_review()
    return ScriptShown.model_validate(script)


def approve(video: Video, *, owner: User) -> VideoShown:
    """
    The film, going on with its script as it is now.

    Raises:
        Conflict: nobody waits for it to be read, or not any more.
    """
    _check_review(video)
    with transaction() as session:
        if not Videos(session, owner_id=owner.id).approve(video.id):
            raise _not_under_review()
    dispatch()
    return shown(find(video.id, owner=owner))


def _check_review(video: Video) -> None:
    if video.script is None or status_of(video) != "awaiting_review":
        raise _not_under_review()


def _check_length(video: Video, scenes: tuple[Scene, ...], *, owner: User) -> None:
    text = "\n\n".join(scene.narration for scene in scenes)
    longest_s = plan_of(owner.plan).longest_s
    if lasting(Brief.model_validate({**video.brief, "script": text})) > longest_s:
        message = f"the plan {owner.plan!r} allows films of up to {longest_s} s"
        raise PlanExceeded(details=[ErrorDetail(field="scenes", message=message, type="plan_exceeded")])


def _not_under_review() -> Conflict:
    detail = ErrorDetail(field="status", message="the film does not wait for its script to be read", type="conflict")
    return Conflict(details=[detail])
