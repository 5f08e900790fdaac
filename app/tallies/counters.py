"""What is counted of cases: pure data. How, is told in `rollup.sql`."""

from collections.abc import Mapping

DIMENSIONS = ("all", "source", "category", "area", "unit")
"""By what numbers are told apart: not at all, source, class, smallest area, unit."""

SPANS = ("day", "week", "month")
"""Of the city's calendar; a week begins on Monday."""

STEPS: Mapping[str, str] = {
    "accepted": "accept",
    "rejected": "reject",
    "filed": "file",
    "dispatched": "dispatch",
    "handled": "feed_back",
    "self_handled": "self_handle",
    "returned": "return",
    "reworked": "rework",
    "checks_passed": "check_fixed",
    "checks_failed": "check_not_fixed",
    "voided": "void",
    "merged": "merge",
    "reopened": "reopen",
}
"""Cases with such a step, by the kind of its fact: each once a day."""

STANDING = ("reported", "closed", "closed_late", "first_time", "overdue")
"""Cases that stand so, each once: on the day of the report, of the closing, of the deadline.

`closed_late` leaves out what an appeal has exempted; `first_time` were closed without ever having
been sent back to their unit; `overdue` are those whose handling clock ran out.
"""
COUNTERS = (*STANDING, *STEPS)
