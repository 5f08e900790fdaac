"""Working windows of a day: minutes of the local day, written "08:00-12:00"."""

import re
from collections.abc import Sequence
from itertools import pairwise

Window = tuple[int, int]
DAY = 24 * 60
_WINDOW = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")


def parse(texts: Sequence[str]) -> tuple[Window, ...]:
    """Windows in the order of the day; they may touch, but neither overlap nor pass midnight."""
    windows = sorted(_parse(text) for text in texts)
    for (_, end), (start, _) in pairwise(windows):
        if start < end:
            raise ValueError(
                f"时段在 {_time(start)} 处重叠，请调整起止时间"
                f"|the windows overlap at {_time(start)}; change their times"
            )
    return tuple(windows)


def _parse(text: str) -> Window:
    found = _WINDOW.fullmatch(text)
    start, end = _minutes(*found.groups()) if found else (0, 0)
    if not start < end <= DAY:
        raise ValueError(
            f"「{text}」不是时段，应为同一天内的起止时间，例如 08:00-12:00（最晚 24:00）"
            f"|'{text}' is no window; write two times of one day, e.g. 08:00-12:00 (24:00 at most)"
        )
    return start, end


def _minutes(hour: str, minute: str, end_hour: str, end_minute: str) -> Window:
    return int(hour) * 60 + int(minute), int(end_hour) * 60 + int(end_minute)


def texts(windows: Sequence[Window]) -> list[str]:
    """What `parse` reads."""
    return [f"{_time(start)}-{_time(end)}" for start, end in windows]


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
