"""The job queue's own tables, as its library lays them (PgQueuer)."""

from alembic import op
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment

from app.config import settings

revision = "20261121_job_queue"
down_revision = "20261121_guards"
branch_labels = None
depends_on = None


def _run(script: str) -> None:
    connection = op.get_bind().connection.dbapi_connection
    connection.run_async(lambda driver: driver.execute(script))


def upgrade() -> None:
    role = settings().database_role
    op.execute("SET LOCAL lock_timeout = '5s'")
    _run(QueryBuilderEnvironment().build_install_query())
    tables = "pgqueuer, pgqueuer_log, pgqueuer_schedules, pgqueuer_statistics"
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {tables} TO {role}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _run(QueryBuilderEnvironment().build_uninstall_query())
