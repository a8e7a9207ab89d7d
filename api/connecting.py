"""
Accounts at platforms are connected by their owner in a browser: to the platform, back with a code, and a last question.

The question is there because the browser that comes back has no session of ours. Somebody who is sent another user's link
would otherwise connect their account to that user with a single yes at the platform.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import secrets

from api.messages import Language
from api.pages import Page, asking, ending
from api.schemas.social import Connecting
from store.ledger import publisher_of
from store.repos.social import Connections, SocialAccounts
from store.repos.users import Users
from store.session import transaction
from store.tables.users import User
from studio.errors import PlatformNotReady, ProviderError, ProviderNotReady, ProviderRejected, UnknownName
from studio.models.publication import Target
from studio.providers import publish
from studio.providers.publish import Connector
from studio.settings import get_settings

logger = logging.getLogger("api.connecting")


def connect(platform: Target, *, owner: User) -> Connecting:
    """
    The way to an account at *platform*, open for ten minutes and once.

    Raises:
        PlatformNotReady: the operator has to set something.
        UnknownName: nothing has to be connected there.
    """
    connector = _connector(platform)
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    redirect = f"{get_settings().base_url}/social/callback/{platform}"
    with transaction() as session:
        begun = Connections(session).begin(
            state=state, verifier=verifier, owner_id=owner.id, platform=platform, redirect=redirect
        )
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    url = connector.authorization_url(state=state, challenge=challenge, redirect=redirect)
    return Connecting(authorize_url=url, expires_at=begun.expires_at)


def come_back(platform: Target, *, state: str, code: str, error: str, language: Language) -> Page:
    """The question for a browser that comes back from the platform; nothing is connected yet."""
    if error or not code:
        with transaction() as session:
            was_open = Connections(session).forget(state=state, platform=platform)
        return ending("denied" if was_open else "used", platform, language=language)
    with transaction() as session:
        held = Connections(session).hold(state=state, platform=platform, code=code)
        owner = Users(session).get(held[0].owner_id) if held else None
    if held is None or owner is None:
        return ending("used", platform, language=language)
    connection, token = held
    return asking(platform, username=owner.username, action=connection.redirect, token=token, language=language)


def confirm(platform: Target, *, token: str, language: Language) -> Page:
    """Connect the account that *token* was given for; the page says what came of it."""
    with transaction() as session:
        way = Connections(session).confirm(token=token, platform=platform)
    if way is None:
        return ending("used", platform, language=language)
    try:
        grant = _connector(platform).exchange(way.code, verifier=way.verifier, redirect=way.redirect)
    except ProviderRejected as refused:
        logger.info("connecting %s was refused: %s", platform, refused)
        return ending("refused", platform, language=language, reason=str(refused))
    except (ProviderError, PlatformNotReady) as refused:
        logger.warning("connecting %s failed: %s", platform, refused)
        return ending("unfinished", platform, language=language)
    with transaction() as session:
        SocialAccounts(session, owner_id=way.owner_id).keep(platform, grant)
    return ending("connected", platform, language=language, name=grant.name)


def _connector(platform: Target) -> Connector:
    publisher = publisher_of(platform)
    if not isinstance(publisher, Connector):
        raise UnknownName(str(platform), field="platform", known=[name for name in publish.catalog if _connects(name)])
    try:
        publisher.check()
    except ProviderNotReady as error:
        raise PlatformNotReady(str(error), field="platform") from error
    return publisher


def _connects(name: str) -> bool:
    return isinstance(publish.catalog.open(name), Connector)
