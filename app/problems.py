"""Errors by name and their RFC 9457 form: the only place that makes error answers."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, cast

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException as StarletteHTTPException

from app.config import settings
from app.words import language, wording

logger = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"


class AppError(Exception):
    """Something that can go wrong, by name. `title` and `detail` are (Chinese, English).

    Keyword arguments fill the `{…}` of `detail` and become members of the answer; a pair of words
    is (Chinese, English) again.
    """

    slug: ClassVar[str] = "internal-error"
    status: ClassVar[int] = 500
    title: ClassVar[tuple[str, str]] = ("系统内部错误", "Internal error")
    detail: ClassVar[tuple[str, str] | None] = None
    headers: ClassVar[Mapping[str, str]] = {}

    def __init__(self, **members: Any) -> None:
        super().__init__(f"{self.slug} {members}" if members else self.slug)
        self.members = members

    def problem(self, language: str = "zh") -> dict[str, Any]:
        """The RFC 9457 object in the asked language ("zh" or "en")."""
        index = 1 if language == "en" else 0
        body: dict[str, Any] = {
            "type": f"/problems/{self.slug}",
            "title": self.title[index],
            "status": self.status,
        }
        members = {
            name: value[index] if isinstance(value, tuple) else value
            for name, value in self.members.items()
        }
        if self.detail:
            body["detail"] = self.detail[index].format_map({**members, **_said(members)})
        return body | members

    def reply_headers(self) -> Mapping[str, str]:
        """The answer's own headers."""
        return self.headers


class FieldProblem(AppError):
    """One field of the body has a value that cannot be; `errors` points at it."""

    status = 422

    def __init__(self, pointer: str, **members: Any) -> None:
        super().__init__(**members)
        self.pointer = pointer

    def problem(self, language: str = "zh") -> dict[str, Any]:
        """The problem, with the same `errors` list that a malformed body gets."""
        body = super().problem(language)
        detail = body.get("detail", body["title"])
        return body | {"errors": [{"pointer": self.pointer, "detail": detail}]}


class NotFound(AppError):
    """Absent, or invisible to the asker: the answer does not tell which."""

    slug, status = "not-found", 404
    title = ("未找到", "Not found")
    detail = (
        "没有{what}「{value}」，或者您无权查看",
        "There is no {what} '{value}' that you may see",
    )


class Unauthenticated(AppError):
    """Nobody known is asking."""

    slug, status = "unauthenticated", 401
    title = ("请先登录", "Sign in first")
    detail = (
        "请在 Authorization 头中携带有效令牌；令牌可从 POST /api/v1/auth/token 获取",
        "Send a valid token in the Authorization header; POST /api/v1/auth/token issues one",
    )
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": "Bearer"}


class Forbidden(AppError):
    """Known, but not allowed."""

    slug, status = "forbidden", 403
    title = ("无权操作", "Not allowed")
    detail = ("此操作需要权限 {permission}", "This needs the permission {permission}")


class Invalid(AppError):
    """The request's body, path or parameters are wrong; `errors` says where and why."""

    slug, status = "invalid-request", 422
    title = ("请求内容有误", "The request is not valid")

    def __init__(self, errors: Sequence[Mapping[str, str]]) -> None:
        super().__init__(errors=list(errors))


class TooLarge(AppError):
    """The body is larger than this route takes."""

    slug, status = "body-too-large", 413
    title = ("请求体过大", "The body is too large")
    detail = ("最多 {limit_bytes} 字节", "At most {limit_bytes} bytes are taken here")


class StaleVersion(AppError):
    """If-Match names a version that is no longer current."""

    slug, status = "stale-version", 412
    title = ("内容已被他人更新", "Somebody changed it meanwhile")
    detail = (
        "当前版本为 {version}，请重新读取后再操作",
        "The current version is {version}; read it again, then decide",
    )


class Unavailable(AppError):
    """The database does not answer; the same request may be sent again."""

    slug, status = "unavailable", 503
    title = ("服务暂不可用", "Not available just now")
    detail = ("请稍后用同一请求重试", "Send the same request again shortly")
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "2"}


DEADLOCK = "40P01"
_CONSTRAINTS: dict[str, AppError] = {}


def constraint(name: str, error: AppError) -> None:
    """Say which error the violation of a named database constraint means."""
    _CONSTRAINTS[name] = error


def from_database(error: BaseException) -> AppError | None:
    """The named error behind a driver's exception, if it is one that callers can cause."""
    origin: BaseException | None = error
    while origin is not None:
        name = getattr(origin, "constraint_name", None)
        if name in _CONSTRAINTS:
            return _CONSTRAINTS[name]
        origin = getattr(origin, "orig", None) or origin.__cause__
    return None


def _said(members: Mapping[str, Any]) -> dict[str, str]:
    """Lists and moments as a sentence holds them: moments in the city's time."""
    said: dict[str, str] = {}
    for name, value in members.items():
        if isinstance(value, list):
            said[name] = ", ".join(str(part) for part in value)
        elif isinstance(value, datetime):
            said[name] = f"{value.astimezone(settings().zone):%Y-%m-%d %H:%M}"
    return said


def pointer(location: Sequence[int | str]) -> str:
    """A JSON pointer into the body, or `query/limit`, `path/id`, `header/if-match`."""
    where, *rest = location
    path = "/".join(str(part).replace("~", "~0").replace("/", "~1") for part in rest)
    if where == "body":
        return f"/{path}" if path else ""
    return f"{where}/{path}"


def invalid_from(errors: Sequence[Mapping[str, Any]], lang: str) -> Invalid:
    """Pydantic's findings as ours."""
    return Invalid([{"pointer": pointer(e["loc"]), "detail": wording(e, lang)} for e in errors])


def answer(error: AppError, lang: str, extra: Mapping[str, str] | None = None) -> Response:
    """The HTTP answer for an error."""
    return Response(
        orjson.dumps(error.problem(lang), default=str),
        status_code=error.status,
        media_type=MEDIA_TYPE,
        headers={**error.reply_headers(), **(extra or {}), "Content-Language": lang},
    )


_HTTP: dict[int, tuple[str, tuple[str, str]]] = {
    400: (
        "malformed-body",
        ("请求体无法解析，应为 UTF-8 编码的 JSON", "The body can't be read; send UTF-8 JSON"),
    ),
    404: ("no-such-path", ("没有这个地址", "There is no such address")),
    405: ("method-not-allowed", ("该地址不支持此方法", "This address does not take that method")),
    406: ("not-acceptable", ("无法提供所要求的格式", "That format is not offered")),
    415: ("unsupported-media-type", ("不支持的内容类型", "That content type is not taken")),
}


def _from_http(error: StarletteHTTPException) -> AppError:
    slug, title = _HTTP.get(error.status_code, ("http-error", ("请求失败", str(error.detail))))
    status = 422 if error.status_code == 400 else error.status_code
    attributes = {"slug": slug, "status": status, "title": title}
    named: AppError = type("HttpProblem", (AppError,), attributes)()
    return named


async def _on_app_error(request: Request, error: Exception) -> Response:
    return answer(cast(AppError, error), language(request.headers))


async def _on_invalid(request: Request, error: Exception) -> Response:
    lang = language(request.headers)
    errors = cast(RequestValidationError, error).errors()
    if any(e["type"] == "json_invalid" for e in errors):
        return answer(_from_http(StarletteHTTPException(400)), lang)
    return answer(invalid_from(errors, lang), lang)


async def _on_http(request: Request, error: Exception) -> Response:
    if isinstance(error.__cause__, AppError):  # raised while FastAPI read the body
        return answer(error.__cause__, language(request.headers))
    found = cast(StarletteHTTPException, error)
    return answer(_from_http(found), language(request.headers), found.headers)


async def _on_database(request: Request, error: Exception) -> Response:
    lang = language(request.headers)
    named = from_database(error)
    if named is not None:
        return answer(named, lang)
    deadlock = getattr(getattr(error, "orig", error), "sqlstate", None) == DEADLOCK
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    if deadlock or lost or isinstance(error, OSError):
        logger.warning("nothing was done, the request may be sent again", exc_info=error)
        return answer(Unavailable(), lang)
    raise error


async def _on_bug(request: Request, error: Exception) -> Response:
    return answer(AppError(), language(request.headers))


def install(app: FastAPI) -> None:
    """Make every answer that is not 2xx a problem."""
    import asyncpg

    app.add_exception_handler(AppError, _on_app_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(StarletteHTTPException, _on_http)
    for kind in (DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        app.add_exception_handler(kind, _on_database)
    app.add_exception_handler(Exception, _on_bug)


def raises(*errors: type[AppError]) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses=`: the problems it may answer with, by status."""
    found: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        entry = found.setdefault(error.status, {"description": "", "content": _CONTENT})
        names = [entry["description"], f"`{error.slug}` {error.title[1]}"]
        entry["description"] = "; ".join(name for name in names if name)
    return found


_CONTENT = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
