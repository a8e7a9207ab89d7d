"""Platforms, and accounts at them: listed, and let go again."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from api.errors import NotFound, conflict
from api.schemas.social import AccountList, AccountShown, PlatformList, PlatformShown
from store.repos.publications import Publications
from store.repos.social import SocialAccounts
from store.session import reading, transaction
from store.tables.social import SocialAccount
from store.tables.users import User
from studio.errors import ProviderError, ProviderNotReady
from studio.models.publication import Target
from studio.providers import publish
from studio.providers.publish import Connector
from studio.sealing import SealBroken

logger = logging.getLogger("api.social")


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
