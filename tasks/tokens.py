"""Tokens of accounts at platforms: loaded where they are used, and renewed by one process at a time."""

from __future__ import annotations

import time
from datetime import timedelta

from store.repos.social import SocialAccounts
from store.session import reading, transaction
from store.tables.base import utc_now
from store.tables.social import SocialAccount
from studio.errors import PermissionEnded, ProviderNotReady
from studio.models.publication import Token
from studio.providers import publish as role
from studio.providers.publish import Connector
from tasks import policy

RENEW_BEFORE = timedelta(minutes=5)
"""A token that dies so soon is renewed before it is used: an upload may take that long."""

RENEWAL = timedelta(seconds=60)
"""Longer than renewing may take: so long whoever needs the same token waits."""


def account_of(platform: str, account_id: str | None) -> tuple[SocialAccount, Token]:
    """
    The account and its token.

    Raises:
        ProviderNotReady: it was disconnected, or has to be connected again.
    """
    with reading() as session:
        accounts = SocialAccounts.of_everyone(session)
        account = accounts.get(account_id) if account_id else None
        if account is None or account.state != "connected":
            raise ProviderNotReady("publish", platform, "the account is not connected any more; connect it again")
        return account, accounts.token(account)


def renewed(account: SocialAccount, token: Token) -> Token:
    """
    A newer token than *token*, renewed by this process or by another that was first.

    Raises:
        ProviderNotReady: the account has to be connected again.
        ProviderUnavailable: the platform does not answer.
    """
    connector = role.catalog.open(account.platform)
    assert isinstance(connector, Connector)
    while not _claimed(account.id):
        time.sleep(0.5)
        newest = account_of(account.platform, account.id)[1]
        if newest.access != token.access:
            return newest
    try:
        newest = account_of(account.platform, account.id)[1]
        if newest.access != token.access:
            release(account.id)
            return newest
        fresh = connector.refresh(newest)
    except PermissionEnded:
        release(account.id, state="expired")
        raise
    except BaseException:
        release(account.id)
        raise
    return _keep_token(account.id, fresh, instead_of=newest)


@policy.patient
def _claimed(account_id: str) -> bool:
    with transaction() as session:
        return SocialAccounts.of_everyone(session).claim_renewal(account_id, until=utc_now() + RENEWAL)


@policy.patient
def release(account_id: str, *, state: str | None = None) -> None:
    """Let others renew the account's token; *state* "expired" says that it has to be connected again."""
    with transaction() as session:
        SocialAccounts.of_everyone(session).release(account_id, state=state)


@policy.patient
def _keep_token(account_id: str, token: Token, *, instead_of: Token) -> Token:
    """The account's token from now on: *token*, unless its owner has connected the account again meanwhile."""
    with transaction() as session:
        accounts = SocialAccounts.of_everyone(session)
        account = accounts.get(account_id)
        if account is None:
            return token
        newest = accounts.token(account)
        if newest.access != instead_of.access:
            return newest
        accounts.keep_token(account, token)
        return token
