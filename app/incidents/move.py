"""What a move is: from where to where, who may, and what else must hold. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto

from app.incidents.states import Status
from app.permissions import Permission


class Guard(StrEnum):
    """What else must hold for a move; each is a question of `guards.py` with a named refusal."""

    IN_CHARGE = auto()
    UNCLAIMED = auto()
    CLAIMABLE = auto()
    CLAIM_MINE = auto()
    NOT_BARRED = auto()
    PLACED = auto()
    CONFIRMS_RETURN = auto()
    ASSIGNMENT_REVOKED = auto()
    HAS_HANDLER = auto()
    HANDLED_BY_ME = auto()
    NOT_ANOTHERS = auto()
    PARTS_DONE = auto()
    PART_MINE = auto()
    TASK_MINE = auto()
    IMPARTIAL = auto()
    MY_REPORT = auto()
    BEFORE_AND_AFTER = auto()
    SELF_HANDLED = auto()
    BY_UNIT = auto()
    AFTER_PHOTO = auto()
    NOTHING_PENDING = auto()
    IN_TIME = auto()
    EXTENSIONS_LEFT = auto()
    SUSPENSIONS_LEFT = auto()
    APPEALABLE = auto()
    DECIDES = auto()
    REQUEST_MINE = auto()
    ORDERED = auto()


@dataclass(frozen=True)
class Move:
    """One command: from which states to which, who may, and what else must hold.

    `address`: where the command's address is not its name; moves that share one differ by what
    the command says.
    """

    name: str
    label: str
    steps: Mapping[Status, Status]
    permission: Permission
    guards: tuple[Guard, ...] = ()
    address: str = ""

    @property
    def command(self) -> str:
        """The last part of its address."""
        return self.address or self.name.replace("_", "-")
