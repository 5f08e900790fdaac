"""Case numbers: a sequence in a format that the city chooses.

The format may hold {date} (city's day, yyyymmdd), {year}, {category} and {seq:WIDTH}. The
sequence never restarts and never wraps: past WIDTH digits numbers simply grow longer.
"""

import re
from datetime import datetime
from functools import lru_cache

from app.config import settings

_SEQ = re.compile(r"\{seq(?::(\d{1,2}))?\}")
_FIELDS = re.compile(r"\{(date|year|category)\}")


@lru_cache(maxsize=4096)
def _filled(pattern: str, day: str, category: str) -> tuple[str, int, str]:
    values = {"date": day, "year": day[:4], "category": category}
    before, width, after = _SEQ.split(pattern)
    prefix, suffix = (_FIELDS.sub(lambda m: values[m[1]], text) for text in (before, after))
    return prefix, int(width or 1), suffix


def parts(category: str, at: datetime) -> tuple[str, int, str]:
    """What stands before the running number, its least width, what stands behind it."""
    config = settings()
    return _filled(config.case_number, f"{at.astimezone(config.zone):%Y%m%d}", category)
