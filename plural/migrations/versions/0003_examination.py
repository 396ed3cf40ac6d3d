"""the whole decode of a film is a row of its own, without a file"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    without_file("name IN ('verdict', 'examination')")


def downgrade() -> None:
    op.execute("DELETE FROM output WHERE name = 'examination'")
    without_file("name = 'verdict'")


def without_file(named: str) -> None:
    """Let rows that are named so be ready without a file in storage, and no others."""
    name = op.f("ck_output_ready_is_stored")
    with op.batch_alter_table("output") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(
            name, sa.text(f"{named} OR (state = 'ready') = (storage_key <> '')")
        )
