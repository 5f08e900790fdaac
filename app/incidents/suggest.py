"""Whom a case should go to: by the owner that the data name, else by similar past cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select

from app import db
from app.catalog import queries as catalog
from app.grids import queries as grid_queries
from app.incidents.case import Case
from app.incidents.clock_schemas import CandidateOut, SimilarOut, SuggestionOut
from app.incidents.models import Incident
from app.ownership.queries import Owner, Verdict, owners_of
from app.spatial import latitude, longitude

SIMILAR = "incidents/similar.sql"
LEAST_CASES, LEAST_SHARE = 3, 0.6
"""Past cases speak for a unit when it had this many of them and this share."""


@dataclass(frozen=True, slots=True)
class Similar:
    """How many of the newest closed cases of this class nearby one unit had."""

    unit_id: UUID
    name: str
    cases: int
    share: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Whom to dispatch to and why. `basis` is owner, similar or none."""

    verdict: Verdict
    basis: Literal["owner", "similar", "none"]
    unit_id: UUID | None
    account_id: UUID | None
    reason: tuple[str, str]
    owners: tuple[Owner, ...] = ()
    similar: Sequence[Similar] = ()

    @property
    def somebody(self) -> bool:
        """Whether anybody is suggested."""
        return self.unit_id is not None or self.account_id is not None

    def agrees_with(self, unit_id: UUID | None, account_id: UUID | None) -> bool:
        """Whether the choice is what was suggested."""
        if self.unit_id is not None:
            return self.unit_id == unit_id
        return self.account_id == account_id

    def plain(self) -> dict[str, Any]:
        """As a fact keeps it."""
        named = {"unit": self.unit_id, "handler": self.account_id}
        return {"basis": self.basis, **{k: str(v) for k, v in named.items() if v is not None}}


NOBODY = ("没有权属数据，也没有足够的相似案件", "No owner is known, and too few similar cases")


async def by_data(case: Case) -> Suggestion:
    """By who owns the class in the place now."""
    incident = case.incident
    place = select(longitude(Incident.place), latitude(Incident.place))
    lon, lat = (await case.session.execute(place.where(Incident.id == incident.id))).one()
    cell = await grid_queries.find_cell(case.session, incident.cell_code or "")
    finding = await owners_of(
        case.session,
        path=cell.path if cell else (),
        lon=lon,
        lat=lat,
        category=incident.category_code,
        at=case.at,
    )
    if finding.verdict is not Verdict.UNIQUE:
        return Suggestion(finding.verdict, "none", None, None, NOBODY, finding.owners)
    owner = finding.owners[0]
    return Suggestion(
        finding.verdict, "owner", owner.unit_id, owner.account_id, owner.reason, finding.owners
    )


async def of(case: Case) -> Suggestion:
    """By the owner; when there is none or there are several, by similar past cases."""
    found = await by_data(case)
    if found.somebody:
        return found
    similar = await _similar(case)
    best = similar[0] if similar else None
    if best is None or best.cases < LEAST_CASES or best.share < LEAST_SHARE:
        return Suggestion(found.verdict, "none", None, None, found.reason, found.owners, similar)
    share = round(best.share * 100)
    reason = (
        f"附近同类案件有 {share}% 由{best.name}处置（{best.cases} 件）",
        f"{share} % of similar cases nearby went to {best.name} ({best.cases})",
    )
    return Suggestion(found.verdict, "similar", best.unit_id, None, reason, found.owners, similar)


async def _similar(case: Case) -> list[Similar]:
    rows = await db.within(
        case.session,
        db.statement(SIMILAR),
        case.incident.category_code,
        case.incident.area_code,
        case.incident.id,
    )
    return [Similar(row["unit_id"], row["name"], row["cases"], row["share"]) for row in rows]


async def told(case: Case, language: str) -> SuggestionOut:
    """The suggestion for a case as callers get it."""
    found = await of(case)
    index = 1 if language == "en" else 0
    setting = await catalog.setting_of(case.session, case.incident.category_code)
    return SuggestionOut(
        verdict=found.verdict.value,
        basis=found.basis,
        unit_id=found.unit_id,
        account_id=found.account_id,
        reason=found.reason[index],
        automatic=setting.auto_dispatch and found.basis == "owner",
        owners=[
            CandidateOut(
                kind=owner.kind,
                name=owner.name,
                unit_id=owner.unit_id,
                account_id=owner.account_id,
                reason=owner.reason[index],
            )
            for owner in found.owners
        ],
        similar=[SimilarOut.model_validate(one) for one in found.similar],
    )
