"""Chinese text as it is typed without an input method: initials (jgps) and full pinyin."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

# Words of the field with a character that is mostly read otherwise.
WORDS = {
    "调压": [["tiáo"], ["yā"]],
    "长椅": [["cháng"], ["yǐ"]],
    "超重": [["chāo"], ["zhòng"]],
}


def initials(text: str) -> str:
    """上水井盖 → ssjg; digits and Latin letters stay."""
    from pypinyin import Style

    return "".join(_reader()(text, style=Style.FIRST_LETTER, errors=_kept))


def syllables(text: str) -> str:
    """上水井盖 → shangshuijinggai."""
    return "".join(_reader()(text, errors=_kept))


@lru_cache
def _reader() -> Callable[..., list[Any]]:
    """Loaded when an edition is written: its dictionary takes 50 MB, and readers never need it."""
    from pypinyin import lazy_pinyin, load_phrases_dict

    load_phrases_dict(WORDS)
    return lazy_pinyin


def _kept(text: str) -> str:
    return "".join(char for char in text.lower() if char.isascii() and char.isalnum())
