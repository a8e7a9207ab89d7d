"""The OpenAPI document: what the framework finds out, in our words and without its own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI

from api.exampleanswers import ANSWERS
from api.examples import REQUESTS
from api.gate import UNCOUNTED
from api.messages import ERRORS, OK

DESCRIPTION = """\
Script, narration, pictures, captions and music come with it.

1. `POST /auth/register`, then `POST /auth/login`; send `Authorization: Bearer <access_token>`, or an API key as the bearer
   token or as `X-API-Key`.
2. `POST /video/generate` with a title answers a `task_id`.
3. `GET /video/task/{task_id}` until it is `completed`; `video_url` is a link that works without an account for a day.

A success is `{"success": true, "data": …, "message": …}`, an error is
`{"success": false, "error": {"code", "message", "request_id", "details"}}`. `code` is stable; messages are Chinese, or
English with `Accept-Language: en`. Every answer has `X-Request-Id`, `RateLimit`, `RateLimit-Policy` and `X-RateLimit-*`.
"""

TAGS = {
    "auth": "Accounts and tokens.",
    "users": "The caller's own account.",
    "api keys": "Keys for programs.",
    "video": "Ask for a film, and see how far it is.",
    "videos": "The films of an account.",
    "assets": "Own pictures, clips and sounds.",
    "ai": "Models, and what they answer.",
    "templates": "The ways to tell a film.",
    "voices": "Who can say a film, and how that sounds.",
    "trends": "What people look for now.",
    "social": "Put films before the public.",
    "webhooks": "Be told instead of asking.",
    "media": "Files, by signed link.",
    "service": "The service about itself.",
    "health": "For monitors.",
}
"""Described where a route has them, in this order."""

_ANSWERS = {
    400: ("BadRequest", "A parameter is missing, unknown or out of range; `details` say which.", "BAD_REQUEST"),
    401: ("NotAuthenticated", "No token, or one that does not work any more.", "NOT_AUTHENTICATED"),
    403: ("Forbidden", "Known, but not allowed to do this.", "FORBIDDEN"),
    404: ("NotFound", "There is no such thing, or it is somebody else's.", "NOT_FOUND"),
    413: ("TooLarge", "The body is too large.", "TOO_LARGE"),
    429: ("TooManyRequests", "Too many requests, or too many films; `Retry-After` says when to come again.", "RATE_LIMITED"),
    500: ("InternalError", "Something went wrong on our side.", "INTERNAL_ERROR"),
    503: ("Unavailable", "Something that is needed does not answer now; `Retry-After` says when to come again.", "BUSY"),
}  # fmt: skip

_ALSO: dict[str, tuple[int, ...]] = {
    "login": (401,),
    "refresh": (401,),
    "media": (403,),
    "get_metrics": (401, 403),
}
"""What the rules below cannot know, by operation id."""

_GENERIC = re.compile(r"(?P<generic>[A-Za-z]+)_(?P<of>[A-Za-z]+(?:__[A-Za-z]+)*)_(?=_|$)")
_SUFFIX = {"Envelope": "Answer", "Union": ""}

_METHODS = ("get", "put", "post", "delete", "patch")


def describe(app: FastAPI) -> None:
    """Make `app.openapi` build the document as we want it."""
    app.description = DESCRIPTION
    build: Callable[[], dict[str, Any]] = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(build())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _described(document: dict[str, Any]) -> dict[str, Any]:
    components = document.setdefault("components", {})
    for path, operation in _operations(document):
        _describe_errors(path, operation)
        _add_examples(operation)
        _summarise(operation)
        if not operation.get("security"):
            operation["security"] = []
    for message in document.get("webhooks", {}).values():
        _describe_message(message["post"])
    components["responses"] = {name: _answer(*rest) for name, *rest in _ANSWERS.values()}
    document["security"] = [{name: []} for name in components.get("securitySchemes", {})]
    used = {tag for _, operation in _operations(document) for tag in operation.get("tags", ())}
    document["tags"] = [{"name": name, "description": text} for name, text in TAGS.items() if name in used]
    return _without_framework_names(document)


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield path, item[method]


def _describe_errors(path: str, operation: dict[str, Any]) -> None:
    """The errors that this operation can answer; one that its route describes itself stays as it is."""
    answers = operation["responses"]
    answers.pop("422", None)
    answers.pop("500", None)
    possible = {500, 503}
    if operation.get("requestBody") or operation.get("parameters"):
        possible.add(400)
    if operation.get("requestBody"):
        possible.add(413)
    if operation.get("security"):
        possible |= {401, 403}
    if "{" in path:
        possible.add(404)
    if not path.startswith(UNCOUNTED):
        possible.add(429)
    possible.update(_ALSO.get(operation["operationId"], ()))
    for status in possible:
        answers.setdefault(str(status), {"$ref": f"#/components/responses/{_ANSWERS[status][0]}"})
    operation["responses"] = dict(sorted(answers.items()))


def _describe_message(operation: dict[str, Any]) -> None:
    """What we send, and what the receiver's answer means."""
    operation["responses"] = {
        "2XX": {"description": "Taken."},
        "410": {"description": "No more messages, please: the endpoint is disabled."},
        "default": {"description": "Tried again, ten times over three days."},
    }
    operation["security"] = []
    _summarise(operation)


def _answer(description: str, code: str) -> dict[str, Any]:
    example = {"success": False, "error": {"code": code, "message": ERRORS[code]["zh-TW"], "request_id": "req_0199"}}
    content = {"schema": {"$ref": "#/components/schemas/Failure"}, "example": example}
    return {"description": description, "content": {"application/json": content}}


def _add_examples(operation: dict[str, Any]) -> None:
    name = operation["operationId"]
    if name in REQUESTS:
        operation["requestBody"]["content"]["application/json"]["example"] = REQUESTS[name]
    if name in ANSWERS:
        status = min(status for status in operation["responses"] if status.startswith("2"))
        operation["responses"][status]["content"]["application/json"]["example"] = {
            "success": True,
            "data": ANSWERS[name],
            "message": OK["zh-TW"],
        }


def _summarise(operation: dict[str, Any]) -> None:
    """The first sentence is the title; what follows stays the description."""
    first, _, rest = operation.get("description", operation["summary"]).partition("\n\n")
    sentence, _, more = " ".join(first.split()).partition(". ")
    operation["summary"] = sentence.rstrip(".")
    operation["description"] = "\n\n".join(part for part in (more, rest) if part)
    if not operation["description"]:
        del operation["description"]
    for answer in operation["responses"].values():
        if answer.get("description") == "Successful Response":
            answer["description"] = "Success."


def _without_framework_names(document: dict[str, Any]) -> dict[str, Any]:
    """`Envelope_TaskStatus_` is called `TaskStatusAnswer`; the framework's own error bodies are gone."""
    schemas = document["components"]["schemas"]
    names = {name: readable(name) for name in schemas if name not in ("HTTPValidationError", "ValidationError")}
    for old, new in names.items():
        if old != new:
            schemas[old]["title"] = new
    document["components"]["schemas"] = dict(sorted((new, schemas[old]) for old, new in names.items()))
    text = re.sub(
        r'(?<="#/components/schemas/)\w+(?=")', lambda name: names[name[0]], json.dumps(document, ensure_ascii=False)
    )
    named: dict[str, Any] = json.loads(text)
    return named


def readable(name: str) -> str:
    """A generic model's name in plain words: `Envelope_Page_VideoShown__` is a `VideoShownPageAnswer`."""
    while match := _GENERIC.search(name):
        of = "Or".join(match["of"].split("__"))
        suffix = _SUFFIX.get(match["generic"], match["generic"])
        name = name[: match.start()] + of + suffix + name[match.end() :]
    return name
