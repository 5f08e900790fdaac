"""Local times as files write them into moments: any format, any zone, summer time or not.

A time that the clocks skipped in spring (02:30) is taken as if they had not been moved yet, which
is the moment that clocks show as 03:30. A time that came twice in autumn is taken as the first
of the two (summer time). Both are counted, so that nobody is surprised.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from app.incidents.schemas import PastMoment
from app.words import wording

Oddity = Literal["skipped", "twice"]
_PAST: TypeAdapter[datetime] = TypeAdapter(PastMoment)


@dataclass(frozen=True, slots=True)
class Clock:
    """How a file writes its times; no format at all means ISO 8601."""

    formats: tuple[str, ...]
    zone: ZoneInfo

    def read(self, text: str) -> tuple[datetime, Oddity | None]:
        """The moment in UTC, and whether the local clocks made it doubtful."""
        local = self._parse(text)
        if local.tzinfo is None:
            local = local.replace(tzinfo=self.zone)
        try:
            checked = _PAST.validate_python(local)
        except ValidationError as error:
            raise ValueError(f"{text!r}: {wording(error.errors()[0], 'en')}") from None
        return checked.astimezone(UTC), oddity(local)

    def _parse(self, text: str) -> datetime:
        if not self.formats:
            try:
                return datetime.fromisoformat(text)
            except ValueError:
                raise ValueError(f"{text!r} is not a time in ISO 8601") from None
        for layout in self.formats:
            try:
                return datetime.strptime(text, layout)  # noqa: DTZ007 (the zone is the mapping's)
            except ValueError:
                continue
        raise ValueError(f"{text!r} is not a time in the format {' or '.join(self.formats)}")


def oddity(local: datetime) -> Oddity | None:
    """Whether a local time was skipped by the clocks, or came twice."""
    first, second = local.utcoffset(), local.replace(fold=1).utcoffset()
    if first == second or first is None or second is None:
        return None
    return "twice" if first > second else "skipped"
