"""A small centre for tests of a case's life: somebody for every duty, the way to close."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import new_id
from app.incidents.workflow import MOVES
from app.media.models import Media
from app.people.models import Account, Unit
from app.permissions import Role
from tests.clients import Client
from tests.factories import a_cell, a_post, a_report, a_unit, an_account

PATH = "/api/v1/incidents"
REASON = {"reason": "说明"}
BODIES: dict[str, dict[str, Any]] = {
    "reject": REASON,
    "return_report": REASON,
    "return_filing": REASON,
    "return_check": REASON,
    "return_feedback": REASON,
    "return": REASON,
    "recall": REASON,
    "reopen": REASON,
    "request_void": REASON,
    "request_extension": REASON,
    "appeal": REASON,
    "feed_back": {"result": "已清扫"},
    "self_handle": {"result": "已清扫"},
    "reply_part": {"result": "已配合"},
    "reply_order": {"reply_text": "已办理"},
    "supervise": {"requirement": "请立即办理"},
    "verify_exists": {"reply": "exists"},
    "verify_not_exists": {"reply": "not_exists"},
    "verify_unclear": {"reply": "unclear"},
    "check_fixed": {"reply": "fixed"},
    "check_not_fixed": {"reply": "not_fixed"},
    "check_unclear": {"reply": "unclear"},
    "place": {"cell": "610526001001001"},
    "approve": {"approved": True},
    "extend": {"approved": True},
    "suspend": {"approved": True},
    "void": {"approved": True},
    "exempt": {"approved": True},
    "refuse": {"approved": False, "opinion": "理由不足"},
}
FAR = datetime(8999, 1, 1, tzinfo=UTC)
"""Photos are later than any order here; a test that cares says when."""
Step = tuple[str, str]

TO_FILED: tuple[Step, ...] = (("acceptor", "accept"), ("supervisor", "file"))
TO_DISPATCHED = (*TO_FILED, ("dispatcher", "dispatch"))
TO_HANDLING = (*TO_DISPATCHED, ("handler", "take"))
TO_HANDLED = (*TO_HANDLING, ("handler", "feed_back"))
TO_CHECKING = (*TO_HANDLED, ("acceptor", "send_to_check"))
TO_CHECKED = (*TO_CHECKING, ("checker", "check_fixed"))
TO_CLOSED = (*TO_CHECKED, ("supervisor", "close"))


@dataclass
class Centre:
    """Clients by name: every role, `checker` is a second steward, `…2` a second of a desk."""

    session: AsyncSession
    people: dict[str, Client]
    accounts: dict[str, Account]
    unit: Unit
    other: Unit
    shots: int = field(default=0)

    def id(self, name: str) -> UUID:
        """The account of somebody."""
        return self.accounts[name].id

    async def report(self, who: str = "steward", **changes: Any) -> str:
        """A new case, reported by the steward."""
        answer = await self.people[who].post(PATH, a_report(**changes))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def move(self, who: str, incident: str, name: str, **options: Any) -> Any:
        """The answer to one move."""
        url = f"{PATH}/{incident}/{MOVES[name].command}"
        body = options.pop("body", BODIES.get(name, {}))
        return await self.people[who].post(url, body, **options)

    async def walk(self, incident: str, *steps: Step) -> dict[str, Any]:
        """The case after some moves, all of which must succeed; closing has its photo."""
        for who, name in steps:
            if name == "close":
                await self.photo(incident, "after")
            answer = await self.move(who, incident, name)
            assert answer.status_code == 200, (who, name, answer.text)
        body: dict[str, Any] = answer.json()
        return body

    async def photo(self, incident: str, stage: str, **changes: Any) -> Media:
        """A photo of a stage, as an upload leaves it."""
        self.shots += 1
        row = Media(
            **{
                "incident_id": UUID(incident),
                "stage": stage,
                "kind": "photo",
                "content_type": "image/jpeg",
                "file_name": "photo.jpg",
                "size_bytes": 1,
                "sha256": self.shots.to_bytes(32, "big"),
                "flags": [],
                "object_key": str(new_id()),
                "state": "ready",
                "uploader_id": self.id("steward"),
                "uploaded_at": FAR,
                **changes,
            }
        )
        self.session.add(row)
        await self.session.flush()
        return row

    async def seen(self, incident: str, who: str = "supervisor", part: str = "") -> Any:
        """What somebody reads of a case."""
        answer = await self.people[who].get(f"{PATH}/{incident}{part}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def kinds(self, incident: str) -> list[str]:
        """The kinds of a case's facts in order."""
        return [fact["kind"] for fact in (await self.seen(incident, part="/facts"))["items"]]


async def a_centre(client: Client, session: AsyncSession) -> Centre:
    """Somebody for every role, two units, one of which owns everything."""
    await a_cell(session)
    unit, other = await a_unit(session), await a_unit(session, "OTHER")
    await a_post(session, unit)
    units = {"handler": unit, "unit_head": unit, "handler2": unit, "stranger": other}
    roles = {str(role): str(role) for role in Role} | {
        "checker": "steward",
        "acceptor2": "acceptor",
        "dispatcher2": "dispatcher",
        "supervisor2": "supervisor",
        "handler2": "handler",
        "stranger": "handler",
    }
    accounts = {
        name: await an_account(session, role, username=name, unit=units.get(name))
        for name, role in roles.items()
    }
    people = {name: client.as_(account) for name, account in accounts.items()}
    return Centre(session, people, accounts, unit, other)
