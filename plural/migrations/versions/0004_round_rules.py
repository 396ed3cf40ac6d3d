"""a round declares who sees what and how it decides"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("round") as batch:
        batch.add_column(
            sa.Column("written_rules", sa.JSON(), nullable=False, server_default=sa.text("'{}'"))
        )
    with op.batch_alter_table("round") as batch:
        batch.alter_column("written_rules", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("round") as batch:
        batch.drop_column("written_rules")
