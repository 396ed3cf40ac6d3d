"""new film versions of a reopened entry; comments for filmmakers that staff release"""

import sqlalchemy as sa
from alembic import op

from plural.models.columns import Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_texts("entry", "reopened_reason")
    op.add_column("entry", sa.Column("reopened_until", Instant()))
    add_texts("film_version", "changes")
    op.add_column("film_version", sa.Column("announced_at", Instant()))
    op.add_column("score", sa.Column("comment_released_at", Instant()))


def add_texts(table: str, *names: str) -> None:
    with op.batch_alter_table(table) as batch:
        for name in names:
            batch.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table(table) as batch:
        for name in names:
            batch.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("score") as batch:
        batch.drop_column("comment_released_at")
    with op.batch_alter_table("film_version") as batch:
        batch.drop_column("announced_at")
        batch.drop_column("changes")
    with op.batch_alter_table("entry") as batch:
        batch.drop_column("reopened_until")
        batch.drop_column("reopened_reason")
