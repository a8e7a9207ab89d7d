"""Accounts at platforms: connected by their owner in a browser, and let go again."""

from __future__ import annotations

import base64
import hashlib
import html
import logging
import secrets
from collections.abc import Sequence

from api.envelope import ErrorDetail
from api.errors import ApiError, NotFound, conflict
from api.schemas.social import AccountList, AccountShown, Connecting, PlatformList, PlatformShown
from store.repos.publications import Publications
from store.repos.social import Connections, SocialAccounts
from store.session import reading, transaction
from store.tables.social import SocialAccount
from store.tables.users import User
from studio.errors import ProviderError, ProviderNotReady, ProviderRejected, UnknownName
from studio.models.publication import Grant, Target
from studio.providers import publish
from studio.providers.publish import Connector, Publisher
from studio.sealing import SealBroken
from studio.settings import get_settings

logger = logging.getLogger("api.social")


class PlatformNotReady(ApiError):
    """The operator has something to set before accounts of this platform can be connected."""

    status, code = 400, "PLATFORM_NOT_READY"


def publisher_of(platform: Target, *, field: str = "platform") -> Publisher:
    """
    Who publishes there.

    Raises:
        UnknownName: nobody.
    """
    if platform not in publish.catalog:
        raise UnknownName(str(platform), field=field, known=publish.catalog)
    return publish.catalog.open(platform)


def platforms(owner: User) -> PlatformList:
    """Every platform, what it takes and whether it is ready."""
    with reading() as session:
        accounts = SocialAccounts(session, owner_id=owner.id).all()
    return PlatformList(items=[_platform(Target(name), accounts) for name in publish.catalog])


def accounts(owner: User) -> AccountList:
    """The owner's accounts."""
    with reading() as session:
        found = SocialAccounts(session, owner_id=owner.id).all()
    return AccountList(items=[AccountShown.of(row) for row in found])


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


def finish_connecting(platform: Target, *, state: str, code: str, error: str) -> tuple[int, str]:
    """Status and page for a browser that comes back from the platform."""
    with transaction() as session:
        used = Connections(session).use(state=state, platform=platform)
    if used is None:
        return 400, page("This link was used before, or its ten minutes are over. Begin again.", "請重新開始連結帳號。")
    connection, verifier = used
    if error or not code:
        return 400, page("The platform did not grant access. Nothing was connected.", "平台沒有授權，帳號沒有連結。")
    try:
        grant = _connector(platform).exchange(code, verifier=verifier, redirect=connection.redirect)
    except ProviderRejected as refused:
        logger.info("connecting %s was refused: %s", platform, refused)
        return 400, page(f"Nothing was connected: {refused}.", "帳號沒有連結，請重新開始。")
    except (ProviderError, ApiError) as refused:
        logger.warning("connecting %s failed: %s", platform, refused)
        return 502, page(
            "The platform did not finish. Nothing was connected; begin again.", "連結沒有完成，請重新開始。"
        )
    _keep(platform, grant, owner_id=connection.owner_id)
    return 200, page(
        f"Connected: {grant.name}. You can close this window.", f"已連結：{grant.name}。可以關閉這個視窗了。"
    )


def disconnect(account_id: str, *, owner: User) -> None:
    """
    Revoke the account's token at the platform and forget it; what waits to be published there is called off.

    Raises:
        NotFound: this owner has no such account.
        Conflict: a film is being sent just now.
    """
    with reading() as session:
        found = SocialAccounts(session, owner_id=owner.id).get(account_id)
    if found is None:
        raise NotFound
    _call_off(found)
    _revoke(found)
    with transaction() as session:
        SocialAccounts(session, owner_id=owner.id).remove(account_id)


def disconnect_all(owner: User) -> None:
    """Let go of every account of somebody who leaves."""
    with reading() as session:
        found = SocialAccounts(session, owner_id=owner.id).all()
    for account in found:
        _revoke(account)


def page(*lines: str) -> str:
    """A page that says *lines* and nothing else."""
    said = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    return (
        '<!doctype html><html lang="zh-Hant"><meta charset="utf-8"><title>video-system</title>'
        f'<body style="font:18px/1.6 system-ui;max-width:32em;margin:4em auto;padding:0 1em">{said}</body></html>'
    )


def _keep(platform: Target, grant: Grant, *, owner_id: str) -> SocialAccount:
    with transaction() as session:
        return SocialAccounts(session, owner_id=owner_id).keep(platform, grant)


def _call_off(account: SocialAccount) -> None:
    with transaction() as session:
        publications = Publications(session, owner_id=account.owner_id)
        for each in publications.of_account(account.id):
            # Something of a postponed one may be at the platform, which only its account can find out.
            if each.started_at or not publications.cancel_waiting(each.id):
                raise conflict("account_id", f"publication {each.id} is being made; cancel it first")


def _revoke(account: SocialAccount) -> None:
    """Neither a platform that does not answer nor a lost key keeps an account here: its owner can revoke the rest over there."""
    if account.platform not in publish.catalog:
        return
    connector = publish.catalog.open(account.platform)
    if not isinstance(connector, Connector):
        return
    try:
        with reading() as session:
            token = SocialAccounts(session, owner_id=account.owner_id).token(account)
        connector.revoke(token)
    except (ProviderError, SealBroken) as error:
        logger.warning("the token of account %s was not revoked at %s: %s", account.id, account.platform, error)


def _connector(platform: Target) -> Connector:
    publisher = publisher_of(platform)
    if not isinstance(publisher, Connector):
        raise UnknownName(str(platform), field="platform", known=[name for name in publish.catalog if _connects(name)])
    try:
        publisher.check()
    except ProviderNotReady as error:
        detail = ErrorDetail(field="platform", message=str(error), type="not_ready")
        raise PlatformNotReady(details=[detail]) from error
    return publisher


def _connects(name: str) -> bool:
    return isinstance(publish.catalog.open(name), Connector)


def _platform(platform: Target, accounts: Sequence[SocialAccount]) -> PlatformShown:
    publisher = publish.catalog.open(platform)
    reason = ""
    try:
        publisher.check()
    except ProviderNotReady as error:
        reason = str(error)
    return PlatformShown(
        platform=platform,
        is_ready=not reason,
        reason=reason,
        needs_account=publisher.needs_account,
        accounts=sum(each.platform == platform for each in accounts),
        limits=publisher.limits,
        options=publisher.options_schema(),
    )
