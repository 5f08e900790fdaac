"""A small client: who speaks, and verbs that return the answer."""

from typing import Any

import httpx

from app import auth


class Client:
    """HTTP against the application, perhaps as somebody."""

    def __init__(self, http: httpx.AsyncClient, token: str | None = None) -> None:
        self.http = http
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def as_(self, account: Any) -> "Client":
        """The same client, speaking for an account (or its id)."""
        token, _ = auth.issue_access_token(getattr(account, "id", account))
        return Client(self.http, token)

    def with_key(self, secret: str) -> "Client":
        """The same client, speaking with an API key."""
        return Client(self.http, secret)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self._send("GET", path, options)

    async def post(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        if json is not None:
            options["json"] = json
        return await self._send("POST", path, options)

    async def put(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return await self._send("PUT", path, {"json": json, **options})

    async def patch(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return await self._send("PATCH", path, {"json": json, **options})

    async def delete(self, path: str, **options: Any) -> httpx.Response:
        return await self._send("DELETE", path, options)

    async def _send(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        headers = {**self.headers, **options.pop("headers", {})}
        return await self.http.request(method, path, headers=headers, **options)


def problem(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    """Check that an answer is a certain problem and return it."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body["status"], body["type"]) == (
        status,
        status,
        f"/problems/{slug}",
    ), body
    return body
