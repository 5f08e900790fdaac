#!/usr/bin/env python3
"""Make the invented sample city in grids/, the same bytes on every run."""

import argparse
import re
import sys
from pathlib import Path

from sample_city.areas import Area, city
from sample_city.files import checksums, counts, geojson, map_svg

FOLDER = Path(__file__).resolve().parent.parent / "grids"
MADE = re.compile(r"(?<=<!-- made -->\n).*(?=\n<!-- /made -->)", re.DOTALL)


def made(areas: list[Area], cells: list[Area]) -> dict[str, bytes]:
    return {
        "pucheng_areas.geojson": geojson("pucheng_areas", areas, with_level=True),
        "pucheng_cells.geojson": geojson("pucheng_cells", cells, with_level=False),
        "pucheng.svg": map_svg(areas, cells),
    }


def with_readme(files: dict[str, bytes], table: str, readme: str) -> dict[str, bytes]:
    """The files, and the README with its counts and checksums brought up to date."""
    text = MADE.sub(lambda _: f"{table}\n\n{checksums(files)}", readme)
    return {**files, "README.md": text.encode()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with grids/, write nothing")
    parser.add_argument("--into", type=Path, default=FOLDER, help="another folder to write into")
    options = parser.parse_args()
    areas, cells = city()
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    files = with_readme(made(areas, cells), counts(areas, cells), readme)
    stale = []
    for name, content in files.items():
        path: Path = options.into / name
        if not path.exists() or path.read_bytes() != content:
            stale.append(name)
            if not options.check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
    done = "differs" if options.check else "written"
    sys.stdout.write("".join(f"{done}: {name}\n" for name in stale) or "all files as made\n")
    return 1 if stale and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
