"""The import: batches of rows, each in one transaction, so that it can stop and go on anywhere."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.auth import Actor
from app.catalog import queries as catalog
from app.incidents.importing import reading, reporter, writing
from app.incidents.importing.errors import RowRefused
from app.incidents.importing.mapping import Mapping
from app.incidents.importing.reading import Row, Table
from app.incidents.importing.rejects import Rejects
from app.incidents.importing.rows import Case, Recipe

BATCH = 500
UNOWNED = "in work, but no unit is responsible by data: waits for its dispatch"
Progress = Callable[[int], None]
Candidate = tuple[int, list[str], UUID]


@dataclass(frozen=True, slots=True)
class Options:
    """Who imports (None: the system's own account), where rejects go, whether it is a trial.

    `at_once` batches are under way together, each on a connection of its own.
    """

    rejects: Path
    username: str | None = None
    dry_run: bool = False
    at_once: int = 1


@dataclass(slots=True)
class Summary:
    """What became of the rows: `rows == created + present + rejected`."""

    rows: int = 0
    created: int = 0
    present: int = 0
    rejected: int = 0
    outside: int = 0
    notes: Counter[str] = field(default_factory=Counter)

    def add(self, taken: "Taken") -> None:
        """Count a batch in."""
        self.rows += taken.rows
        self.created += taken.created
        self.present += taken.rows - taken.created - len(taken.refused)
        self.rejected += len(taken.refused)
        self.outside += taken.outside


@dataclass(slots=True)
class Taken:
    """What became of one batch."""

    rows: int
    created: int = 0
    outside: int = 0
    refused: list[tuple[int, list[str], str]] = field(default_factory=list)


async def import_table(
    table: Table, mapping: Mapping, options: Options, progress: Progress | None = None
) -> Summary:
    """Import a file that was examined; rows that are here already are left as they are.

    `progress` is told how many rows each batch had, after its transaction has ended.
    """
    async with db.transaction() as session:
        classes = frozenset(category.code for category in await catalog.list_(session))
        recipe = Recipe(mapping, table.header, classes)
        actor = await _actor(session, options)
    run, summary = _Run(recipe, actor), Summary(notes=recipe.notes)
    batches = _batches(table)
    with Rejects(options.rejects, table) as rejects:
        while group := list(islice(batches, options.at_once)):
            for taken in await _all(run, group):
                summary.add(taken)
                for number, fields, reason in sorted(taken.refused):
                    rejects.add(number, fields, reason)
                if progress is not None:
                    progress(taken.rows)
    return summary


async def _all(run: "_Run", group: list[list[Row]]) -> list[Taken]:
    """Take batches together; if one fails, the others still end before that is told."""
    done = await asyncio.gather(*(run.take(batch) for batch in group), return_exceptions=True)
    failed = [error for error in done if isinstance(error, BaseException)]
    if failed:
        raise failed[0]
    return [taken for taken in done if isinstance(taken, Taken)]


async def _actor(session: AsyncSession, options: Options) -> Actor | None:
    """Who writes; None in a trial, which writes nothing."""
    found = None
    if options.username is not None or not options.dry_run:
        found = await reporter.actor(session, options.username)
    return None if options.dry_run else found


def _batches(table: Table) -> Iterator[list[Row]]:
    rows = reading.rows(table)
    while batch := list(islice(rows, BATCH)):
        yield batch


class _Run:
    """One import under way."""

    def __init__(self, recipe: Recipe, actor: Actor | None) -> None:
        self.recipe, self.actor = recipe, actor
        self.first_rows: dict[UUID, int] = {}

    async def take(self, batch: list[Row]) -> Taken:
        """Judge each row alone, write what is new."""
        taken = Taken(len(batch))
        named = [self._named(*row, taken) for row in batch]
        known = [found for found in named if found is not None]
        here = await writing.present([id_ for _, _, id_ in known])
        taken.outside = sum(not placed for placed in here.values())
        checked = [self._checked(*found, taken) for found in known if found[2] not in here]
        new = [case for case in checked if case is not None]
        if new:
            await self._keep(new, taken)
        return taken

    def _named(self, number: int, fields: list[str], taken: Taken) -> Candidate | None:
        """A row and its id, unless the file had that id before."""
        try:
            id_ = self.recipe.id_of(fields)
            first = self.first_rows.setdefault(id_, number)
            if first != number:
                raise RowRefused(f"id ({self.recipe.columns['id']}) is that of row {first}")
        except RowRefused as refused:
            taken.refused.append((number, fields, str(refused)))
            return None
        return number, fields, id_

    def _checked(self, number: int, fields: list[str], id_: UUID, taken: Taken) -> Case | None:
        try:
            return self.recipe.case(number, fields, id_)
        except RowRefused as refused:
            taken.refused.append((number, fields, str(refused)))
            return None

    async def _keep(self, cases: list[Case], taken: Taken) -> None:
        if self.actor is None:
            taken.created = len(cases)
            taken.outside += await writing.outside(cases)
            return
        written = await writing.write(self.actor, cases)
        taken.created = written.created
        taken.outside += written.outside
        taken.refused += [(case.number, case.fields, why) for case, why in written.refused]
        if written.unowned:
            self.recipe.notes[UNOWNED] += written.unowned
