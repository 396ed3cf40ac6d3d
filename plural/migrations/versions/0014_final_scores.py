"""scores remember since when their juror may see what others gave"""

import sqlalchemy as sa
from alembic import op

from plural.models.columns import Instant

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("score") as batch:
        batch.add_column(sa.Column("final_at", Instant(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("score") as batch:
        batch.drop_column("final_at")
