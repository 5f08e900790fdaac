"""Heads of units and leaders."""

from alembic import op

revision = "20261124_roles"
down_revision = "20261121_job_queue"
branch_labels = None
depends_on = None

BEFORE = (
    "'steward','acceptor','supervisor','dispatcher','handler','evaluator',"
    "'administrator','observer','integration'"
)


def _allow(roles: str) -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_constraint(op.f("ck_account_roles_known"), "account")
    op.create_check_constraint(
        op.f("ck_account_roles_known"), "account", f"roles <@ ARRAY[{roles}]"
    )


def upgrade() -> None:
    _allow(f"{BEFORE},'unit_head','leader'")


def downgrade() -> None:
    _allow(BEFORE)
