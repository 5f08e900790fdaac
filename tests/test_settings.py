"""The table of settings names what the code reads, with its defaults."""

import re

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from app.config import ROOT, Settings

ROW = re.compile(r"^\| `([A-Z0-9_]+)` \| (.*?) \| (.+) \|$", re.MULTILINE)


def default_of(name: str, field: FieldInfo) -> str:
    """A default as the table writes it; paths are from the project's folder."""
    if field.default is PydanticUndefined:
        return "required"
    if field.default in (None, ""):
        return "unset"
    if name == "media_url":
        return f"`{field.default.removeprefix(ROOT.as_uri() + '/')}`"
    return f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"


def test_the_table_has_every_setting_with_its_default() -> None:
    found = {
        name: default for name, default, _ in ROW.findall((ROOT / "docs/settings.md").read_text())
    }
    assert found == {
        field.alias or f"WANGGE_{name.upper()}": default_of(name, field)
        for name, field in Settings.model_fields.items()
    }
