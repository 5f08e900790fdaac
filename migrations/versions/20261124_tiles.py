"""Pre-projected shapes for vector tiles, what tells that they have changed, open cases on a map."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

from app.config import settings

revision = "20261124_tiles"
down_revision = "20261124_tallies"
branch_labels = None
depends_on = None

CURRENT = sa.text("valid_to IS NULL")
OPEN = sa.text("ended_at IS NULL")
SHOWN = [
    *("place", "id", "status", "category_code", "source", "cell_code"),
    *("reported_at", "yellow_at", "due_at"),
]

# A new value that no database has had before, so that no browser takes an old tile for a new one.
CHANGED = """
CREATE FUNCTION grid_has_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE grid_version SET version = gen_random_uuid();
  RETURN NULL;
END
$$
"""

# Who steward_on_duty names for all classes at each place that has a post of its own.
STEWARD_OF_PLACE = """
CREATE VIEW steward_of_place AS
SELECT DISTINCT ON (p.place_code) p.place_code, a.id, a.name
FROM post p
JOIN account a ON a.active AND a.id = CASE
  WHEN now() >= p.deputy_from AND now() < p.deputy_to THEN p.deputy_id ELSE p.account_id END
WHERE p.duty = 'steward'
  AND p.category_code = ''
  AND p.valid_from <= now() AND (p.valid_to IS NULL OR p.valid_to > now())
ORDER BY p.place_code, p.valid_from, p.id
"""

CELLS_VERSION = """
CREATE VIEW cells_version AS
SELECT g.version || '-' || coalesce(s.digest, '') AS version
FROM grid_version g
CROSS JOIN (
  SELECT md5(string_agg(place_code || ' ' || name, ',' ORDER BY place_code)) AS digest
  FROM steward_of_place
) s
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("area", "cell"):
        shape = Geometry("MULTIPOLYGON", srid=3857, spatial_index=False)
        projected = sa.Computed("ST_Transform(area, 3857)", persisted=True)
        op.add_column(table, sa.Column("shape", shape, projected))
        op.create_index(
            f"ix_{table}_shape_current",
            table,
            ["shape"],
            postgresql_using="gist",
            postgresql_where=CURRENT,
        )
    op.create_table(
        "grid_version",
        sa.Column("one", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.Uuid(), nullable=False),
        sa.CheckConstraint("one", name=op.f("ck_grid_version_one")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_grid_version")),
    )
    op.execute("INSERT INTO grid_version (version) VALUES (gen_random_uuid())")
    op.execute(CHANGED)
    for table in ("area", "cell"):
        op.execute(
            f"CREATE TRIGGER grid_has_changed AFTER INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION grid_has_changed()"
        )
    op.execute(STEWARD_OF_PLACE)
    op.execute(CELLS_VERSION)
    op.create_index(
        "ix_incident_open_place",
        "incident",
        ["place"],
        postgresql_using="gist",
        postgresql_include=SHOWN,
        postgresql_where=OPEN,
    )
    op.execute(f"GRANT SELECT, UPDATE ON grid_version TO {settings().database_role}")
    op.execute(f"GRANT SELECT ON steward_of_place, cells_version TO {settings().database_role}")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_incident_open_place", "incident")
    op.execute("DROP VIEW cells_version")
    op.execute("DROP VIEW steward_of_place")
    for table in ("area", "cell"):
        op.execute(f"DROP TRIGGER grid_has_changed ON {table}")
        op.drop_column(table, "shape")
    op.execute("DROP FUNCTION grid_has_changed")
    op.drop_table("grid_version")
