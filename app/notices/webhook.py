"""Webhooks: signed JSON, one POST per parcel, never into our own network. See docs/webhooks.md."""

import asyncio
import hashlib
import hmac
import ssl
import time
from collections.abc import Sequence
from functools import lru_cache

import httpx
import orjson

from app.notices import targets
from app.notices.parcel import Parcel, Undelivered

SECONDS = 10
AT_ONCE = 50


async def send_all(parcels: Sequence[Parcel]) -> list[Undelivered | None]:
    """Post parcels side by side; for each, None or why it was not taken."""
    turns = asyncio.Semaphore(AT_ONCE)
    # A kept connection would be found by its IP address, whatever name was checked on it.
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=0)
    async with httpx.AsyncClient(
        verify=_trusted(), timeout=SECONDS, limits=limits, trust_env=False, follow_redirects=False
    ) as http:
        return await asyncio.gather(*(_attempt(http, turns, parcel) for parcel in parcels))


@lru_cache
def _trusted() -> ssl.SSLContext:
    """The certificates that we trust (SSL_CERT_FILE counts); reading them takes 20 ms."""
    return httpx.create_ssl_context()


async def _attempt(
    http: httpx.AsyncClient, turns: asyncio.Semaphore, parcel: Parcel
) -> Undelivered | None:
    try:
        async with turns, asyncio.timeout(SECONDS):
            status = await _post(http, parcel)
    except TimeoutError:
        return Undelivered(f"{SECONDS} 秒内没有回应")
    except targets.Refused as refused:
        return Undelivered(str(refused))
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return Undelivered(f"无法连接：{type(error).__name__}")
    if 200 <= status < 300:
        return None
    return Undelivered(f"对方返回 HTTP {status}" + ("（不跟随重定向）" if status < 400 else ""))


async def _post(http: httpx.AsyncClient, parcel: Parcel) -> int:
    url = httpx.URL(parcel.address)
    address = await targets.resolve(url)
    body = orjson.dumps({"delivery": str(parcel.id), "messages": parcel.messages})
    timestamp = str(int(time.time()))
    headers = {
        "Host": url.netloc.decode("ascii"),
        "Content-Type": "application/json",
        "User-Agent": "Wangge",
        "Wangge-Delivery": str(parcel.id),
        "Wangge-Timestamp": timestamp,
        "Wangge-Signature": "sha256=" + signature(parcel.secret, timestamp, body),
    }
    # The address that was checked is called; the name stays what TLS checks.
    named = {"sni_hostname": url.raw_host.decode("ascii")}
    target = url.copy_with(host=address)
    async with http.stream(
        "POST", target, content=body, headers=headers, extensions=named
    ) as answer:
        return answer.status_code


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over the timestamp, a dot and the body, in hex."""
    signed = timestamp.encode() + b"." + body
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
