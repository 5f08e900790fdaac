"""What callers of sign-in and people send and get."""

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import (
    BeforeValidator,
    Field,
    StringConstraints,
    field_validator,
)
from pydantic import ValidationInfo as Info

from app.people.credentials import Password
from app.people.models import OWNER
from app.permissions import Permission, Role
from app.schemas import Code, In, Line, Moment, Out, Phone, Text

USERNAME_PATTERN = r"^[a-z0-9][a-z0-9._-]{1,63}$"


Username = Annotated[Text, StringConstraints(pattern=USERNAME_PATTERN)]
Roles = Annotated[list[Role], Field(min_length=1, max_length=len(Role))]
_Part = Annotated[Text, Field(max_length=64)] | None
PlaceCode = Annotated[_Part, Field(description="Area or cell code; null: the whole city")]
Next = Annotated[
    str | None, Field(description="Send as `after` for the next page; null on the last")
]
MatterCode = Annotated[
    _Part, Field(description="C, C01 or C0101: kind, big class, class; null: every class")
]


def _no_owner(value: Any) -> Any:
    if value == OWNER:
        raise ValueError(
            "责任归属在 /api/v1/ownership 登记和查询"
            "|owners of matters are kept at /api/v1/ownership"
        )
    return value


Duty = Annotated[Role, BeforeValidator(_no_owner)]


class Change(In):
    """A PATCH: what is left out stays; null is for fields that may be empty."""

    clearable: ClassVar[frozenset[str]] = frozenset()

    @field_validator("*", mode="before")
    @classmethod
    def _not_null(cls, value: Any, info: Info) -> Any:
        if value is None and info.field_name not in cls.clearable:
            raise ValueError(
                "不能为 null；不修改请省略该字段|must not be null; leave it out to keep it"
            )
        return value

    def changes(self) -> dict[str, Any]:
        """What was sent, by field."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Paged(In):
    """Query parameters of a list that comes in pages."""

    limit: int = Field(50, ge=1, le=200)
    after: str | None = Field(None, max_length=512, description="`next` of the page before")


class UnitRef(Out):
    id: UUID
    code: str
    name: str


class NewUnit(In):
    """A responsible department."""

    code: Code
    name: Line
    parent: UUID | None = None


class UnitChange(Change):
    """`parent: null` makes it a top unit."""

    clearable: ClassVar[frozenset[str]] = frozenset({"parent"})

    name: Line | None = None
    parent: UUID | None = None
    active: bool | None = None


class UnitFilter(In):
    active: bool | None = None
    q: Line | None = Field(None, description="A part of a code or a name")


class UnitOut(Out):
    """A unit; `depth` is 0 at the top of the tree."""

    id: UUID
    code: str
    name: str
    parent: UUID | None
    active: bool
    depth: int
    created_at: datetime


class UnitList(Out):
    items: list[UnitOut]


class NewAccount(In):
    """A person or a system. Without a password it can only use API keys."""

    username: Username = Field(description="Small letters, digits and . _ -")
    name: Line
    phone: Phone | None = None
    roles: Roles
    unit: UUID | None = None
    password: Password | None = None


class AccountChange(Change):
    """What an administrator may change; a new password ends every sign-in of the account."""

    clearable: ClassVar[frozenset[str]] = frozenset({"phone", "unit"})

    name: Line | None = None
    phone: Phone | None = None
    roles: Roles | None = None
    unit: UUID | None = None
    active: bool | None = None
    password: Password | None = None


class AccountFilter(Paged):
    role: Role | None = None
    unit: UUID | None = None
    active: bool | None = None
    q: Line | None = Field(None, description="A part of a username or a name")


class AccountOut(Out):
    id: UUID
    username: str
    name: str
    phone: str | None
    roles: list[Role]
    unit: UnitRef | None
    active: bool
    locked_until: datetime | None = Field(description="Set while sign-in is locked")
    created_at: datetime


class AccountPage(Out):
    items: list[AccountOut]
    next: Next


class AccountRef(Out):
    id: UUID
    username: str
    name: str


class NewPost(In):
    """Who, in which place, for which class of matters, from–to."""

    account: UUID
    duty: Duty = Field(description="A role of the account")
    place: PlaceCode = None
    category: MatterCode = None
    valid_from: Moment | None = Field(None, description="Now, if left out")
    valid_to: Moment | None = Field(None, description="null: until further notice")
    deputy: UUID | None = Field(None, description="Stands in for the person, from–to")
    deputy_from: Moment | None = None
    deputy_to: Moment | None = None


class PostChange(Change):
    """End a post, or name its deputy. Another place or class is another post."""

    clearable: ClassVar[frozenset[str]] = frozenset(
        {"valid_to", "deputy", "deputy_from", "deputy_to"}
    )

    valid_to: Moment | None = None
    deputy: UUID | None = None
    deputy_from: Moment | None = None
    deputy_to: Moment | None = None


class PostFilter(Paged):
    account: UUID | None = Field(None, description="Holder or deputy")
    duty: Duty | None = None
    place: Annotated[Text, Field(max_length=64)] | None = Field(
        None, description="Exactly this code; empty: the whole city"
    )
    at: Moment | None = Field(None, description="In effect at this moment; now, if left out")
    all_periods: bool = Field(False, description="Also posts that are over or have not begun")


class PostOut(Out):
    """A post. `place: null` is the whole city, `category: null` every class."""

    id: UUID
    account: AccountRef
    duty: Role
    place: str | None
    category: str | None
    valid_from: datetime
    valid_to: datetime | None
    deputy: AccountRef | None
    deputy_from: datetime | None
    deputy_to: datetime | None


class PostPage(Out):
    items: list[PostOut]
    next: Next


class MeOut(Out):
    """Whoever is signed in; `posts` are those in effect now, those as a deputy included."""

    account: AccountOut
    roles: list[Role]
    permissions: list[Permission]
    unit: UnitRef | None
    posts: list[PostOut]


class NewKey(In):
    """A key for a system: it may do what `scopes` names and its account may."""

    name: Line
    account: UUID
    scopes: Annotated[list[Permission], Field(min_length=1, max_length=len(Permission))]
    expires_at: Moment = Field(description="At most two years from now")


class KeyFilter(Paged):
    account: UUID | None = None


class KeyOut(Out):
    id: UUID
    name: str
    account: AccountRef
    prefix: str = Field(description="How the secret begins, to tell keys apart")
    scopes: list[str]
    expires_at: datetime
    revoked_at: datetime | None
    created_at: datetime


class NewKeyOut(KeyOut):
    secret: str = Field(description="Shown this once; only its hash is kept")


class KeyPage(Out):
    items: list[KeyOut]
    next: Next
