"""One case as its story sees it, and the two things that a story does: a move, a photo."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from app.auth import Actor
from app.incidents import moves_in as m
from app.incidents.models import Incident
from app.incidents.states import OPEN, Source
from app.media.models import Stage
from app.problems import AppError
from app.simulation.city import Matter, Spot
from app.simulation.people import Crew

Refusal = type[AppError]
Within = tuple[float, float]
"""Between so many minutes and so many."""
SOON: Within = (1.0, 2.0)
AT_THE_DESK: Within = (2.0, 10.0)
IN_THE_FIELD: Within = (8.0, 25.0)
AT_WORK: Within = (15.0, 60.0)
REASON = m.Reason(reason="情况与系统记录不符，请核对")
DONE = m.FeedBack(result="已按要求处置到位")
YES, NO = m.Decision(approved=True), m.Decision(approved=False, opinion="理由不充分")
SAYS: Mapping[str, m.Command] = {
    **dict.fromkeys(
        (
            "reject", "return_report", "return_filing", "return_check", "return_feedback",
            "return", "recall", "reopen", "request_void", "appeal",
        ),
        REASON,
    ),
    **dict.fromkeys(("feed_back", "self_handle", "reply_part"), DONE),
    **dict.fromkeys(("approve", "extend", "suspend", "void", "exempt"), YES),
    "refuse": NO,
    "reply_order": m.OrderReply(reply_text="已组织力量处置"),
    "request_extension": m.RequestExtension(reason="材料未到"),
    "dispatch": m.Dispatch(),
    "rework": m.Rework(instruction="未处置彻底，请返工"),
    "supervise": m.Supervise(requirement="请立即办理并报告原因"),
    "send_to_verify": m.TaskOut(),
    "send_to_check": m.TaskOut(),
    "file": m.Filing(),
    "accept": m.Accept(),
    **{f"verify_{r}": m.VerifyResult(reply=r) for r in ("exists", "not_exists", "unclear")},
    **{f"check_{r}": m.CheckResult(reply=r) for r in ("fixed", "not_fixed", "unclear")},
}  # fmt: skip
"""What is said with a move where a story says nothing else."""


@dataclass(frozen=True, slots=True)
class Do:
    """After some minutes somebody makes a move, or is refused as the story expects."""

    minutes: float
    who: str
    move: str
    command: m.Command
    refused: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Shoot:
    """After some minutes somebody adds a photo; `old`: one that was used before."""

    minutes: float
    who: str
    stage: Stage
    old: bool = False


Steps = Iterator[Do | Shoot]
Story = Callable[["Play"], Steps]


@dataclass(slots=True)
class Play:
    """A case on its way. `pace` is how slow its people are; `main` what it may repeat."""

    number: int
    name: str
    rng: Random
    spot: Spot
    matter: Matter
    reporter: Actor
    other_steward: Actor
    pace: float
    at: datetime
    source: Source
    description: str
    address: str | None = None
    crews: list[Crew] = field(default_factory=list)
    main: "Play | None" = None
    told: Mapping[str, Any] = field(default_factory=dict)
    incident: Incident | None = None

    @property
    def id(self) -> UUID:
        """The case."""
        return UUID(self.told["id"])

    @property
    def stands(self) -> bool:
        """Whether it is still being worked on."""
        return self.incident is None or self.incident.status in OPEN

    @property
    def crew(self) -> Crew:
        """Whoever has the case, or shall have it."""
        unit_id = self.incident.unit_id if self.incident else None
        return next((crew for crew in self.crews if crew.unit_id == unit_id), self.crews[0])

    def do(
        self,
        who: str,
        move: str,
        command: m.Command | None = None,
        *,
        within: Within = AT_THE_DESK,
        refused: Refusal | None = None,
    ) -> Do:
        """A move, some minutes from now."""
        said = command or SAYS.get(move, m.Note())
        return Do(self._minutes(within), who, move, said, refused)

    def shoot(
        self, who: str, stage: Stage, *, within: Within = AT_THE_DESK, old: bool = False
    ) -> Shoot:
        """A photo, some minutes from now."""
        return Shoot(self._minutes(within), who, stage, old)

    def past_due(self) -> Within:
        """Some minutes after the deadline that runs now."""
        due = self.incident.due_at if self.incident else None
        minutes = (due - self.at).total_seconds() / 60 if due else 0
        return ((minutes + 6) / self.pace,) * 2

    def _minutes(self, within: Within) -> float:
        return self.rng.uniform(*within) * self.pace
