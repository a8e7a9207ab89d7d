"""What answers say, in Traditional Chinese and English."""

from __future__ import annotations

import re
from typing import Literal

from starlette.requests import Request

Language = Literal["zh-TW", "en"]

OK: dict[Language, str] = {"zh-TW": "操作成功", "en": "Success"}

ERRORS: dict[str, dict[Language, str]] = {
    "BAD_REQUEST": {"zh-TW": "請求參數有誤", "en": "The request has invalid parameters"},
    "USERNAME_TAKEN": {"zh-TW": "這個使用者名稱已有人使用", "en": "This username is taken"},
    "UNKNOWN_NAME": {"zh-TW": "找不到這個名稱", "en": "There is nothing of that name"},
    "NOT_AUTHENTICATED": {"zh-TW": "請先登入", "en": "Please log in first"},
    "INVALID_CREDENTIALS": {"zh-TW": "使用者名稱或密碼錯誤", "en": "Wrong username or password"},
    "TOKEN_JUST_ROTATED": {
        "zh-TW": "這個更新權杖剛剛用過，請使用新的",
        "en": "This refresh token was just used; use the new one",
    },
    "TOKEN_REUSED": {"zh-TW": "更新權杖重複使用，請重新登入", "en": "This refresh token was used before; log in again"},
    "FORBIDDEN": {"zh-TW": "沒有權限", "en": "Not allowed"},
    "NOT_FOUND": {"zh-TW": "找不到資源", "en": "Not found"},
    "METHOD_NOT_ALLOWED": {"zh-TW": "不支援這個方法", "en": "Method not allowed"},
    "LINK_EXPIRED": {"zh-TW": "連結無效或已過期", "en": "This link is invalid or has expired"},
    "IDEMPOTENCY_KEY_REUSED": {
        "zh-TW": "這個 Idempotency-Key 已用於另一個請求，請換一個",
        "en": "This Idempotency-Key was used for another request; choose a new one",
    },
    "RATE_LIMITED": {"zh-TW": "請求次數已達上限，請稍後再試", "en": "Too many requests; try again later"},
    "QUOTA_EXCEEDED": {
        "zh-TW": "影片數量已達方案上限，請稍後再試",
        "en": "Your plan's number of films is reached; try again later",
    },
    "PLAN_EXCEEDED": {"zh-TW": "超出方案允許的範圍", "en": "This is more than your plan allows"},
    "TOO_MANY_ATTEMPTS": {"zh-TW": "嘗試次數過多，請稍後再試", "en": "Too many attempts; try again later"},
    "CONFLICT": {"zh-TW": "目前的狀態無法這麼做", "en": "This is not possible in the present state"},
    "NOT_DONE": {"zh-TW": "影片還沒有完成到這一步", "en": "The film has not come that far yet"},
    "TOO_MANY_STREAMS": {
        "zh-TW": "同時追蹤的影片過多，請先關閉一些連線",
        "en": "You follow too many films at once; close some connections first",
    },
    "UNSUPPORTED_MEDIA": {"zh-TW": "不支援這種檔案", "en": "Files of this kind are not supported"},
    "BAD_RANGE": {"zh-TW": "檔案沒有這個範圍", "en": "The file has no such range"},
    "URL_BLOCKED": {"zh-TW": "不接受這個網址", "en": "This URL is not accepted"},
    "DOWNLOAD_FAILED": {"zh-TW": "無法從這個網址取得檔案", "en": "Nothing usable came from this URL"},
    "TOO_LARGE": {"zh-TW": "請求內容過大", "en": "The request is too large"},
    "NOT_READY": {"zh-TW": "服務尚未就緒", "en": "The service is not ready"},
    "CONTENT_REFUSED": {"zh-TW": "模型拒絕回答這段內容", "en": "The model refused this text"},
    "MODEL_UNAVAILABLE": {
        "zh-TW": "模型目前無法使用，請稍後再試",
        "en": "The model is not available; try again later",
    },
    "UPSTREAM_RATE_LIMITED": {
        "zh-TW": "模型供應商的請求次數已達上限，請稍後再試",
        "en": "The model's provider has had too many requests; try again later",
    },
    "UPSTREAM_BALANCE": {
        "zh-TW": "模型供應商的帳戶餘額不足，請通知管理者",
        "en": "The operator's account with the model's provider has no balance left",
    },
    "ACCOUNT_NOT_CONNECTED": {"zh-TW": "請先連結平台帳號", "en": "Connect an account of the platform first"},
    "PLATFORM_NOT_READY": {"zh-TW": "管理者尚未設定這個平台", "en": "The operator has not set this platform up yet"},
    "PLATFORM_REFUSES": {
        "zh-TW": "平台不會接受這個內容，請依說明修改",
        "en": "The platform would refuse this; the details say what to change",
    },
    "BUSY": {"zh-TW": "系統忙碌，請稍後再試", "en": "Busy; try again in a moment"},
    "INTERNAL_ERROR": {"zh-TW": "系統發生錯誤", "en": "Something went wrong on our side"},
}
_RANGE = re.compile(r"\s*([A-Za-z*]+)[^;,]*(?:;\s*q=(\d(?:\.\d{0,3})?))?")


def language_for(request: Request) -> Language:
    """What to answer in: what the request asks for, else its account's language, else Chinese."""
    caller = getattr(request.state, "caller", None)
    own: Language = "en" if caller is not None and caller.user.language == "en" else "zh-TW"
    return language_of(request.headers.get("accept-language", ""), otherwise=own)


def language_of(accept_language: str, *, otherwise: Language = "zh-TW") -> Language:
    """The better of our two languages for an Accept-Language header; *otherwise* when it names neither."""
    best: tuple[float, Language] = (0.0, otherwise)
    for part in accept_language.split(","):
        match = _RANGE.match(part)
        if match is None:
            continue
        tag, quality = match[1].lower(), float(match[2] or 1)
        if tag in ("en", "zh") and quality > best[0]:
            best = (quality, "en" if tag == "en" else "zh-TW")
    return best[1]


def error_message(code: str, language: Language) -> str:
    """The sentence for an error code."""
    return ERRORS.get(code, ERRORS["INTERNAL_ERROR"])[language]
