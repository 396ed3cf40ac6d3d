"""a criterion may apply to some age categories only"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("criterion") as batch:
        batch.add_column(
            sa.Column("categories", sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
        )
    with op.batch_alter_table("criterion") as batch:
        batch.alter_column("categories", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("criterion") as batch:
        batch.drop_column("categories")
