"""outputs remember since when somebody has been at them"""

import sqlalchemy as sa
from alembic import op

from plural.models.columns import Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("output") as batch:
        batch.add_column(sa.Column("begun_at", Instant(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("output") as batch:
        batch.drop_column("begun_at")
