"""Accounts from the operator's shell."""

from __future__ import annotations

from pydantic import ValidationError
from rich.table import Table

from api.accounts import register
from api.errors import UsernameTaken
from api.keys import make_key
from api.once import Once
from api.schemas.auth import Register
from api.schemas.keys import MakeApiKey
from store.migrate import migrate
from store.repos.users import Users
from store.session import transaction
from studio.errors import BadInput, UnknownName, reason_of
from studio.models.plan import PLAN_NAMES, all_plans


def keep_user(username: str, *, plan: str, email: str, password: str) -> str:
    """
    Make the account when *email* is given, then set its plan; returns a line that says what was done.

    Raises:
        BadInput: the name is taken, the password too short, or there is no such account.
    """
    if plan not in PLAN_NAMES:
        raise UnknownName(plan, field="plan", known=PLAN_NAMES)
    migrate()
    if email:
        _register(username, email, password)
    with transaction() as session:
        found = Users(session).by_name(username)
        if found is None:
            raise BadInput(f"there is no account {username!r}; give --email to make it", field="username")
        found.plan = plan
        session.add(found)
    return f"{found.username}: plan {plan}"


def new_key(username: str, *, name: str) -> str:
    """
    An API key that stands for the account, made now and shown this once.

    Raises:
        BadInput: there is no such account.
    """
    migrate()
    with transaction() as session:
        found = Users(session).by_name(username)
    if found is None:
        raise BadInput(f"there is no account {username!r}; `video-system user` makes one", field="username")
    made = make_key(MakeApiKey(name=name), owner=found, once=Once(key=None, fingerprint=""))
    return str(made.key)


def plans_table() -> Table:
    """What each plan allows."""
    plans = all_plans()
    table = Table("", *plans)
    for figure in next(iter(plans.values())).model_dump():
        table.add_row(figure.replace("_", " "), *(str(getattr(plan, figure)) for plan in plans.values()))
    return table


def _register(username: str, email: str, password: str) -> None:
    try:
        register(Register(username=username, email=email, password=password))
    except UsernameTaken as error:
        raise BadInput("is taken", field="username") from error
    except ValidationError as error:
        # Only the first, and without the value: it may be the password.
        first = error.errors(include_input=False)[0]
        raise BadInput(reason_of(first), field=".".join(map(str, first["loc"]))) from error
