"""What an import found and would change: findings in two languages, their counts, their JSON."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

LISTED_PER_KIND = 1000


class Kind(StrEnum):
    """What can be the matter with a file."""

    MISSING_CODE = "missing-code"
    BAD_CODE = "bad-code"
    DUPLICATE_CODE = "duplicate-code"
    UNKNOWN_PARENT = "unknown-parent"
    MISSING_NAME = "missing-name"
    EMPTY_GEOMETRY = "empty-geometry"
    INVALID_RING = "invalid-ring"
    OVERLAP = "overlap"
    GAP = "gap"
    OUTSIDE_PARENT = "outside-parent"
    SIZE = "size"
    APPROXIMATE_CRS = "approximate-crs"


class Severity(StrEnum):
    """An error refuses the import; a warning does so under --strict."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that somebody should look at."""

    kind: Kind
    severity: Severity
    codes: tuple[str, ...]
    zh: str
    en: str
    square_metres: float | None = None
    geometry: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """Its JSON form (`FindingOut`)."""
        found: dict[str, Any] = {
            "kind": self.kind,
            "severity": self.severity,
            "codes": list(self.codes),
            "detail": {"zh": self.zh, "en": self.en},
        }
        if self.square_metres is not None:
            found["square_metres"] = round(self.square_metres, 2)
        if self.geometry is not None:
            found["geometry"] = self.geometry
        return found


@dataclass(frozen=True, slots=True)
class Changes:
    """How many rows the import opens and closes."""

    opened: int = 0
    closed: int = 0
    replaced: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """All that is told before anything is written."""

    features: int
    skipped: int
    crs: str
    strict: bool
    findings: Sequence[Finding] = field(default_factory=tuple)
    changes: Changes = Changes()

    @property
    def counts(self) -> dict[str, int]:
        """Findings per kind."""
        return dict(sorted(Counter(str(finding.kind) for finding in self.findings).items()))

    @property
    def errors(self) -> int:
        """Findings that refuse the import whatever the options say."""
        return sum(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def warnings(self) -> int:
        """Findings that only a strict import refuses."""
        return len(self.findings) - self.errors

    @property
    def refused(self) -> bool:
        """Whether nothing may be written."""
        return bool(self.errors or (self.strict and self.findings))

    def without_changes(self) -> "Report":
        """The same, of an import that would write nothing."""
        return replace(self, changes=Changes())

    def as_json(self) -> dict[str, Any]:
        """Its JSON form (`ReportOut`); of each kind `LISTED_PER_KIND` are listed."""
        seen: Counter[Kind] = Counter()
        listed = []
        for finding in self.findings:
            seen[finding.kind] += 1
            if seen[finding.kind] <= LISTED_PER_KIND:
                listed.append(finding.as_json())
        return {
            "features": self.features,
            "skipped": self.skipped,
            "crs": self.crs,
            "errors": self.errors,
            "warnings": self.warnings,
            "refused": self.refused,
            "counts": self.counts,
            "changes": asdict(self.changes),
            "findings": listed,
            "findings_left_out": len(self.findings) - len(listed),
        }


def error(kind: Kind, codes: Sequence[str], zh: str, en: str) -> Finding:
    """A finding that refuses the import."""
    return Finding(kind, Severity.ERROR, tuple(codes), zh, en)


def warning(kind: Kind, codes: Sequence[str], zh: str, en: str, **more: Any) -> Finding:
    """A finding that a strict import refuses."""
    return Finding(kind, Severity.WARNING, tuple(codes), zh, en, **more)
