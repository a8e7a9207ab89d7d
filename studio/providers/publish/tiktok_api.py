"""TikTok's Content Posting API: calls, and what its codes mean. Source: developers.tiktok.com, Content Posting API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from studio.errors import OverLimit, ProviderError, ProviderNotReady, ProviderRejected
from studio.models.publication import Token
from studio.providers.fields import row_of
from studio.providers.publish import Desk
from studio.providers.publish.wire import Answer, ask, object_of
from studio.providers.vendor import Vendor

MINUTE_S = 60.0
LONG_S = 6 * 3600.0
"""TikTok counts posts over the last 24 hours and does not say when there is room; so often it is tried again."""

REJECTED: Final[Mapping[str, str]] = {
    "unaudited_client_can_only_post_to_private_accounts": "TikTok has not audited this app: it may post with visibility "
    "'private', to accounts that are set to private in TikTok, and nothing else; have the app audited for more",
    "privacy_level_option_mismatch": "the account does not offer this visibility; choose another one",
    "spam_risk_user_banned_from_posting": "TikTok does not let this account post; see the TikTok app",
    "spam_risk": "TikTok takes the post for a risk of spam; change it, or post it in the TikTok app",
    "spam_risk_text": "TikTok takes the text for a risk of spam; change it",
    "file_format_check_failed": "TikTok cannot read the film; it takes MP4, MOV and WebM with H.264 or H.265",
    "duration_check_failed": "the film is too short or too long for TikTok or for this account",
    "frame_rate_check_failed": "TikTok takes films of 23 to 60 frames a second",
    "picture_size_check_failed": "TikTok takes films whose sides have 360 to 4096 px",
    "publish_cancelled": "the posting was cancelled at TikTok",
    "invalid_param": "TikTok refused what it was sent; check the options",
    "invalid_params": "TikTok refused what it was sent; check the options",
    "token_not_authorized_for_specified_publish_id": "another account has begun this post",
}
OVER_LIMIT: Final[Mapping[str, tuple[str, float]]] = {
    "rate_limit_exceeded": ("too many requests in a minute", MINUTE_S),
    "spam_risk_too_many_posts": ("the account has posted as much in 24 hours as TikTok allows by its API", LONG_S),
    "spam_risk_too_many_pending_share": ("five films wait in the account's inbox; finish them in the TikTok app", LONG_S),
    "reached_active_user_cap": ("as many accounts as TikTok allows this app have posted today; audited apps have more", LONG_S),
}  # fmt: skip
NOT_READY: Final[Mapping[str, str]] = {
    "access_token_invalid": "the account's permission has ended; connect it again",
    "access_token_expired": "the account's permission has ended; connect it again",
    "auth_removed": "the account's owner has taken the permission back; connect it again",
    "scope_not_authorized": "the account was connected without the permission to post; connect it again",
    "scope_permission_missed": "the account was connected without the permission to post; connect it again",
}
PASSING: Final = ("internal", "internal_error")
UNKNOWN_POST: Final = ("invalid_publish_id", "publish_id_not_found")


class News(NamedTuple):
    """What TikTok says of a post: *uploaded* bytes None where it does not say, *posts* are ids once they are public."""

    state: str
    reason: str = ""
    uploaded: int | None = None
    posts: tuple[str, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether the film is where it should be."""
        return self.state in ("PUBLISH_COMPLETE", "SEND_TO_USER_INBOX")

    def counts_less_than(self, size: int) -> bool:
        """Whether TikTok says that it has a part of *size* bytes alone; a count of nothing may be none at all."""
        return self.uploaded is not None and 0 < self.uploaded < size


class Api:
    """Calls for one account; a token that is refused is renewed once a call."""

    def __init__(self, vendor: Vendor, desk: Desk) -> None:
        self._vendor = vendor
        self._desk = desk

    def creator(self) -> dict[str, Any]:
        """What the account may do just now. Raises ProviderError."""
        return self._call("/v2/post/publish/creator_info/query/", {})

    def begin(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """`publish_id` and `upload_url` of a new post. Raises ProviderError."""
        return self._call(path, body)

    def news(self, publish_id: str) -> News:
        """What became of a post; of one that TikTok does not know, state "UNKNOWN". Raises ProviderError."""
        answer = self._send("/v2/post/publish/status/fetch/", {"publish_id": publish_id})
        if code_of(answer) in UNKNOWN_POST:
            return News("UNKNOWN")
        found = checked(self._vendor, answer)
        uploaded = found.get("uploaded_bytes")
        # TikTok writes it with one l; the other spelling costs nothing.
        posts = found.get("publicaly_available_post_id") or found.get("publicly_available_post_id") or []
        return News(
            str(found.get("status") or ""),
            str(found.get("fail_reason") or ""),
            uploaded if isinstance(uploaded, int) else None,
            tuple(str(each) for each in posts if isinstance(each, int | str)) if isinstance(posts, list) else (),
        )

    def cancel(self, publish_id: str) -> None:
        """Ask that a post be dropped; TikTok promises nothing, so its answer is not looked at. Raises ProviderError."""
        self._send("/v2/post/publish/cancel/", {"publish_id": publish_id})

    def _call(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return checked(self._vendor, self._send(path, body))

    def _send(self, path: str, body: Mapping[str, Any]) -> Answer:
        token = self._desk.token()
        answer = self._once(path, body, token)
        if answer.status == 401 and code_of(answer) not in ("scope_not_authorized", "scope_permission_missed"):
            answer = self._once(path, body, self._desk.renew(token))
        return answer

    def _once(self, path: str, body: Mapping[str, Any], token: Token) -> Answer:
        return ask(self._vendor, "POST", self._vendor.root.rstrip("/") + path, headers=bearer(token), json=dict(body))


def bearer(token: Token) -> dict[str, str]:
    """The header that shows *token*."""
    return {"Authorization": f"Bearer {token.access}"}


def code_of(answer: Answer) -> str:
    """TikTok's own code for what is wrong; "ok" where nothing is."""
    return str(row_of(answer.fields.get("error")).get("code") or "")


def checked(vendor: Vendor, answer: Answer) -> dict[str, Any]:
    """The `data` of a good answer. Raises ProviderError."""
    code = code_of(answer)
    if answer.is_good and code in ("ok", ""):
        return dict(row_of(object_of(vendor, answer).get("data")))
    raise error_of(vendor, code) or vendor.refusal(400 if answer.is_good else answer.status, answer.headers)


def error_of(vendor: Vendor, code: str) -> ProviderError | None:
    """What *code* of an error or of a failed post means, in our own words; None for one that is not known."""
    if code in NOT_READY:
        return ProviderNotReady(vendor.role, vendor.name, NOT_READY[code])
    if code in OVER_LIMIT:
        message, wait_s = OVER_LIMIT[code]
        return OverLimit(vendor.role, vendor.name, message, retry_after=wait_s)
    if code in REJECTED:
        return ProviderRejected(vendor.role, vendor.name, REJECTED[code])
    return vendor.unavailable("an error of its own") if code in PASSING else None
