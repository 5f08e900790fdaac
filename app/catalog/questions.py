"""Judges the answers to a class's questions. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from app.catalog.errors import CallEmergencyInstead, WrongAnswers
from app.catalog.models import Question

MAX_TEXT = 2000
MAX_NUMBER = 10**12
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")
Words = tuple[str, str]


class _Wrong(Exception):
    """An answer does not fit; carries what to say."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(english)
        self.detail = (chinese, english)


def check(questions: Sequence[Question], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as they are kept, in the order of the questions.

    An answer that stops is told before anything else: who is in danger does not mend a form.
    """
    asked = {question.key: question for question in questions}
    for key, answer in answers.items():
        if key in asked:
            _stop(asked[key], answer)
    wrong: dict[str, Words] = {
        key: ("没有这个问题，请删除该回答", "There is no such question; leave it out")
        for key in answers
        if key not in asked
    }
    kept: dict[str, Any] = {}
    for key, question in asked.items():
        try:
            answer = _read(question, answers.get(key))
        except _Wrong as found:
            wrong[key] = found.detail
        else:
            if answer is not None:
                kept[key] = answer
    if wrong:
        raise WrongAnswers(wrong)
    return kept


def _stop(question: Question, answer: Any) -> None:
    chosen = answer if isinstance(answer, list) else [answer]
    for option in question.options:
        if option.get("phone") and option["label"] in chosen:
            raise CallEmergencyInstead(
                f"/answers/{question.key}",
                phone=option["phone"],
                message=option["message"],
                question=question.text,
            )


def _read(question: Question, answer: Any) -> Any:
    if answer is None or answer in ("", []):
        if question.required:
            raise _Wrong(f"必填：{question.text}", f"Required: {question.text_en or question.text}")
        return None
    return _READ[question.kind](question, answer)


def _text(_: Question, answer: Any) -> str:
    if not isinstance(answer, str) or len(answer) > MAX_TEXT or _NOT_STORABLE.search(answer):
        raise _Wrong(
            f"应为文本，最多 {MAX_TEXT} 个字符", f"Send text of at most {MAX_TEXT} characters"
        )
    return answer.strip()


def _number(_: Question, answer: Any) -> int | float:
    number = isinstance(answer, int | float) and not isinstance(answer, bool)
    if not number or not -MAX_NUMBER <= answer <= MAX_NUMBER:
        raise _Wrong(
            "应为数字，例如 12.5（绝对值不超过一万亿）",
            "Send a number, e.g. 12.5, of at most 10^12",
        )
    kept: int | float = answer
    return kept


def _single(question: Question, answer: Any) -> str:
    labels = _labels(question)
    if answer not in labels:
        raise _Wrong(f"只能是其中一项：{'、'.join(labels)}", f"One of: {', '.join(labels)}")
    return str(answer)


def _multiple(question: Question, answer: Any) -> list[str]:
    labels = _labels(question)
    if not isinstance(answer, list) or any(one not in labels for one in answer):
        listed = "、".join(labels), ", ".join(labels)
        raise _Wrong(f"应为数组，可选：{listed[0]}", f"Send an array with some of: {listed[1]}")
    return [label for label in labels if label in answer]


def _date(_: Question, answer: Any) -> str:
    try:
        return date.fromisoformat(answer).isoformat()
    except (TypeError, ValueError):
        raise _Wrong("应为日期，例如 2026-09-01", "Send a date, e.g. 2026-09-01") from None


def _labels(question: Question) -> list[str]:
    return [option["label"] for option in question.options]


_READ: Mapping[str, Callable[[Question, Any], Any]] = {
    "text": _text,
    "number": _number,
    "single": _single,
    "multiple": _multiple,
    "date": _date,
}
