"""The limit: pgbench runs the very statement of intake, one report a transaction."""

import asyncio
import os
import re
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from app import db, terminal
from app.bench.city import City
from app.bench.scratch import Server
from app.config import settings
from app.incidents.intake import accept_clock
from app.incidents.rules import Rules
from app.worktime.calendar import default_calendar

# UUIDv7 and a random key, as the application and its clients send them. The JSON is joined
# from text, which costs PostgreSQL least: the limit must not be lower than it is.
REPORT = """'[{"n":0,"id":"'
  || lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::int8), 12, '0')
  || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14)
  || '","key":"' || gen_random_uuid()
  || '","fingerprint":"00000000000000000000000000000000","number_prefix":"20260101"'
  || ',"number_width":6,"number_suffix":"","category":"' || (ARRAY[CLASSES])[:class]
  || '","description":"北门桥路' || :n || '号门前路面破损，影响通行' || :class
  || '","address":"北门桥路' || :n || '号","source":"steward","lon":' || :lon || ',"lat":' || :lat
  || ',"raw_lon":' || :lon || ',"raw_lat":' || :lat
  || ',"raw_crs":"cgcs2000","accuracy_metres":5,"captured_at":"2026-01-01T00:00:00Z"}]'"""


def pgbench() -> str:
    """Where pgbench is; it comes with PostgreSQL's server packages."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    path = os.pathsep.join([os.environ.get("PATH", ""), *map(str, places)])
    found = shutil.which("pgbench", path=path)
    if found is None:
        terminal.fail("pgbench is not here; install PostgreSQL's server package (postgresql-15)")
    return found


def script(city: City, classes: list[str], actor: UUID) -> str:
    """Intake's statement as a pgbench script: its parameters become expressions and literals."""
    west, south, width, height = city.inside
    report = REPORT.replace("CLASSES", ",".join(f"'{code}'" for code in classes))
    lines = db.statement("incidents/intake.sql").splitlines()
    sql = "\n".join(line for line in lines if not line.startswith("--")).rstrip().rstrip(";")
    sql = sql.replace("$1::json", f"({report})::json").replace("$2::uuid", f"'{actor}'::uuid")
    sql = sql.replace("$3::float8", f"{settings().suggest_cell_metres}::float8")
    clock = accept_clock(Rules(), default_calendar(settings().zone), datetime.now(UTC))
    sql = sql.replace("$4::timestamptz", "now()").replace("$5::json", f"'{clock}'::json")
    return (
        f"\\set lon {west} + {width} * random(0, 1000000) / 1000000.0\n"
        f"\\set lat {south} + {height} * random(0, 1000000) / 1000000.0\n"
        f"\\set class random(1, {len(classes)})\n\\set n random(1, 99999)\n{sql};\n"
    )


class Limit:
    """Runs of one script against one database, as the application's role and settings."""

    def __init__(self, server: Server, database: str, text: str, connections: int) -> None:
        self.text, self.connections = text, connections
        options = {
            "jit": "off",
            "plan_cache_mode": "force_generic_plan",
            "role": settings().database_role,
            "timezone": "UTC",
        }
        self.environment = {
            **os.environ,
            **server.for_libpq(database),
            "PGOPTIONS": " ".join(f"-c {name}={value}" for name, value in options.items()),
        }

    async def run(self, seconds: int) -> float:
        """Transactions a second."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "intake.sql"
            file.write_text(self.text, encoding="utf-8")
            process = await asyncio.create_subprocess_exec(
                pgbench(), "--no-vacuum", "-M", "prepared", "-c", str(self.connections),
                "-j", "2", "-T", str(seconds), "-f", str(file),
                env=self.environment,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip
            try:
                out, err = await asyncio.wait_for(process.communicate(), seconds + 60)
            finally:
                if process.returncode is None:
                    process.kill()
        found = re.search(rb"^tps = ([\d.]+)", out, re.MULTILINE)
        if found is None or process.returncode:
            terminal.fail(f"pgbench: {err.decode(errors='replace')[-2000:]}")
        return float(found[1])
