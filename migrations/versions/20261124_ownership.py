"""Owners of matters: units, accounts and roles, by code or in an area drawn by hand."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "20261124_ownership"
down_revision = "20261124_notices"
branch_labels = None
depends_on = None

ROLES = (
    "'steward','acceptor','supervisor','dispatcher','handler','unit_head','leader','evaluator',"
    "'administrator','observer','integration'"
)
AFTER = {
    "one_holder": "num_nonnulls(account_id, unit_id, role) = 1",
    "role": f"role IN ({ROLES})",
    "one_place": "num_nonnulls(place_code, area) = 1",
    "area_measured": "num_nonnulls(area, area_square_metres) <> 1",
    "period": "valid_to IS NULL OR valid_to >= valid_from",
    "duty_of_holder": "duty = 'owner' OR num_nonnulls(unit_id, role, area) = 0",
    "deputy_of_person": "duty <> 'owner' OR deputy_id IS NULL",
}
BEFORE = {
    "one_holder": "num_nonnulls(account_id, unit_id) = 1",
    "period": "valid_to IS NULL OR valid_to > valid_from",
    "duty_of_holder": "(duty = 'owner') = (unit_id IS NOT NULL)",
}

# The narrowest class wins, then the narrowest place: the cell, an area drawn by hand (the smaller
# one before the larger), the areas above the cell, the whole city. All of the best rank answer.
OWNERS_ON_DUTY = """
CREATE FUNCTION owners_on_duty(path text[], place geometry, category text, at timestamptz)
RETURNS TABLE (post_id uuid, unit_id uuid, account_id uuid, role text)
LANGUAGE sql STABLE ROWS 1 AS $$
  SELECT p.id, p.unit_id, p.account_id, p.role
  FROM (
    SELECT
      c.id, c.unit_id, c.account_id, c.role, c.category_code, c.valid_from, c.valid_to,
      c.area_square_metres, coalesce(2 * array_position(path, c.place_code), 0) AS nearness
    FROM post c
    WHERE c.duty = 'owner' AND c.place_code = ANY (array_prepend('', path))
    UNION ALL
    SELECT
      d.id, d.unit_id, d.account_id, d.role, d.category_code, d.valid_from, d.valid_to,
      d.area_square_metres, greatest(2 * cardinality(path) - 1, 1)
    FROM post d
    WHERE d.area IS NOT NULL AND ST_Covers(d.area, place)
  ) p
  WHERE p.category_code = ANY (ARRAY['', left(category, 1), left(category, 3), category])
    AND p.valid_from <= at AND (p.valid_to IS NULL OR p.valid_to > at)
    AND CASE
      WHEN p.unit_id IS NOT NULL THEN (SELECT u.active FROM unit u WHERE u.id = p.unit_id)
      WHEN p.account_id IS NOT NULL THEN (SELECT a.active FROM account a WHERE a.id = p.account_id)
      ELSE true END
  ORDER BY length(p.category_code) DESC, p.nearness DESC, p.area_square_metres
  FETCH FIRST ROW WITH TIES
$$
"""

# The unit in charge by data: none when several are, or when the owner is an account or a role.
OWNER_ON_DUTY = """
CREATE FUNCTION owner_on_duty(path text[], place geometry, category text)
RETURNS TABLE (id uuid, name text)
LANGUAGE sql STABLE ROWS 1 AS $$
  SELECT u.id, u.name
  FROM (
    SELECT min(o.unit_id::text)::uuid AS id
    FROM owners_on_duty(path, place, category, now()) o
    HAVING count(o.unit_id) = count(*) AND min(o.unit_id::text) = max(o.unit_id::text)
  ) one
  JOIN unit u ON u.id = one.id
$$
"""

OWNER_ON_DUTY_BEFORE = """
CREATE FUNCTION owner_on_duty(path text[], category text)
RETURNS TABLE (id uuid, name text)
LANGUAGE sql STABLE ROWS 1 AS $$
  SELECT u.id, u.name
  FROM post p
  JOIN unit u ON u.id = p.unit_id AND u.active
  WHERE p.duty = 'owner'
    AND p.place_code = ANY (array_prepend('', path))
    AND p.category_code = ANY (ARRAY['', left(category, 1), left(category, 3), category])
    AND p.valid_from <= now() AND (p.valid_to IS NULL OR p.valid_to > now())
  ORDER BY
    length(p.category_code) DESC, array_position(path, p.place_code) DESC NULLS LAST,
    p.valid_from, p.id
  LIMIT 1
$$
"""


def _check(old: dict[str, str], new: dict[str, str]) -> None:
    for name in old:
        op.drop_constraint(op.f(f"ck_post_{name}"), "post")
    for name, condition in new.items():
        op.create_check_constraint(op.f(f"ck_post_{name}"), "post", condition)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("post", sa.Column("role", sa.Text(), nullable=True))
    op.add_column(
        "post",
        sa.Column("area", Geometry("MULTIPOLYGON", srid=4490, spatial_index=False), nullable=True),
    )
    op.add_column("post", sa.Column("area_square_metres", sa.Double(), nullable=True))
    op.alter_column("post", "place_code", nullable=True)
    _check(BEFORE, AFTER)
    op.create_index(
        "ix_post_area",
        "post",
        ["area"],
        postgresql_using="gist",
        postgresql_where=sa.text("area IS NOT NULL"),
    )
    op.create_index(
        "ix_post_owner_category_code_id",
        "post",
        ["category_code", "id"],
        postgresql_where=sa.text("duty = 'owner'"),
    )
    op.execute("DROP FUNCTION owner_on_duty(text[], text)")
    op.execute(OWNERS_ON_DUTY)
    op.execute(OWNER_ON_DUTY)


def downgrade() -> None:
    """Owners that the older form can't hold keep the upgrade: end and move them first."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP FUNCTION owner_on_duty(text[], geometry, text)")
    op.execute("DROP FUNCTION owners_on_duty")
    op.drop_index("ix_post_owner_category_code_id", "post")
    op.drop_index("ix_post_area", "post")
    _check(AFTER, BEFORE)
    op.alter_column("post", "place_code", nullable=False)
    for column in ("area_square_metres", "area", "role"):
        op.drop_column("post", column)
    op.execute(OWNER_ON_DUTY_BEFORE)
