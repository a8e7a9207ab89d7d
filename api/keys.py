"""Make, list, rotate and revoke API keys: what the routes of `/api-keys` do."""

from __future__ import annotations

from datetime import timedelta

from api import security
from api.callers import callers
from api.errors import NotFound
from api.once import Once
from api.schemas.keys import ApiKeyMade, ApiKeyShown, MakeApiKey
from store.repos.keys import ApiKeys
from store.session import reading, transaction
from store.tables.keys import ApiKey
from store.tables.users import User
from studio.errors import BadInput

MOST_KEYS = 50


def make_key(order: MakeApiKey, *, owner: User, once: Once) -> ApiKeyMade:
    """
    A new key; its text is in this answer and nowhere else, not even in the same answer given again.

    Raises:
        BadInput: the account has MOST_KEYS keys.
    """
    text = security.new_api_key()
    with transaction() as session:
        earlier = once.claim(session, owner_id=owner.id)
        if earlier is not None:
            return ApiKeyMade.model_validate({**earlier, "key": None})
        keys = ApiKeys(session, owner_id=owner.id)
        if len(keys.all()) >= MOST_KEYS:
            raise BadInput(f"there are {MOST_KEYS} keys already; revoke one first", field="name")
        row = keys.add(
            ApiKey(
                user_id=owner.id,
                name=order.name,
                prefix=text[: security.KEY_SHOWN],
                key_hash=security.token_hash(text),
                scopes=list(order.scopes),
                expires_at=order.expires_at,
            )
        )
        made = ApiKeyMade(**ApiKeyShown.of(row).model_dump(), key=text)
        once.keep(session, owner_id=owner.id, data=made.model_dump(mode="json", exclude={"key"}))
    return made


def list_keys(owner: User) -> list[ApiKeyShown]:
    """The account's keys, newest first."""
    with reading() as session:
        return [ApiKeyShown.of(key) for key in ApiKeys(session, owner_id=owner.id).all()]


def rotate_key(key_id: str, *, owner: User, overlap: timedelta) -> ApiKeyMade:
    """
    The key with a new text; the old one goes on for *overlap*.

    Raises:
        NotFound: the account has no such key.
    """
    text = security.new_api_key()
    with transaction() as session:
        keys = ApiKeys(session, owner_id=owner.id)
        key = _found(keys, key_id)
        keys.rotate(key, prefix=text[: security.KEY_SHOWN], key_hash=security.token_hash(text), overlap=overlap)
    callers().forget(owner.id)
    return ApiKeyMade(**ApiKeyShown.of(key).model_dump(), key=text)


def revoke_key(key_id: str, *, owner: User) -> None:
    """
    The key is dead from now on.

    Raises:
        NotFound: the account has no such key.
    """
    with transaction() as session:
        keys = ApiKeys(session, owner_id=owner.id)
        keys.revoke(_found(keys, key_id))
    callers().forget(owner.id)


def _found(keys: ApiKeys, key_id: str) -> ApiKey:
    key = keys.get(key_id)
    if key is None:
        raise NotFound
    return key
