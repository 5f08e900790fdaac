"""Where webhooks may go: no address of our own network, and what was checked is what is called."""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from app.config import Env, settings

_NAT64 = IPv6Network("64:ff9b::/96")


class Refused(Exception):
    """The address is one that webhooks must not reach; the text is for the webhook's owner."""


def checked_url(text: str) -> str:
    """An address for webhooks by its looks; its name is resolved when it is called."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        raise ValueError("不是有效的网址|not a valid address") from None
    if url.scheme != "https" and (url.scheme != "http" or settings().env is Env.PRODUCTION):
        raise ValueError("应以 https:// 开头|must begin with https://")
    if not url.host or url.userinfo or url.fragment or (url.port or 0) > 65535:
        raise ValueError(
            "须含主机名和有效的端口，且不能含用户名、密码或 #"
            "|give a host name, a port that exists, and neither user, password nor #"
        )
    return text


async def resolve(url: httpx.URL) -> str:
    """The IP address to call for a URL, refused if any of its addresses is not public."""
    host = url.raw_host.decode("ascii")
    port = url.port or (443 if url.scheme == "https" else 80)
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Refused("主机名无法解析") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not settings().webhook_private_targets:
        for address in addresses:
            if not is_public(address):
                raise Refused("目标地址不是公网地址，不允许访问")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address lies in the open internet, also one that wraps an IPv4 address."""
    ip = _unwrapped(ip_address(address.partition("%")[0]))
    return ip.is_global and not ip.is_multicast


def _unwrapped(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(ip, IPv4Address):
        return ip
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip
