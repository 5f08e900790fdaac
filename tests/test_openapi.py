"""Changes of the API are seen: the document on disk is the one that the code offers."""

import json
from typing import Any

from fastapi import FastAPI

from app.config import ROOT

METHODS = {"get", "post", "put", "patch", "delete"}


def _operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def test_the_document_on_disk_is_what_the_code_offers(app: FastAPI) -> None:
    on_disk = json.loads((ROOT / "docs" / "openapi.json").read_text())
    offered = json.loads(json.dumps(app.openapi()))
    assert on_disk == offered, "run: wangge openapi > docs/openapi.json"


def test_every_operation_documents_its_problems(app: FastAPI) -> None:
    for name, operation in _operations(app.openapi()):
        for status, answer in operation["responses"].items():
            if status.startswith(("4", "5", "default")):
                assert list(answer["content"]) == ["application/problem+json"], (name, status)


def test_every_operation_says_what_it_does(app: FastAPI) -> None:
    operations = _operations(app.openapi())
    assert not [name for name, operation in operations if not operation.get("description")]
