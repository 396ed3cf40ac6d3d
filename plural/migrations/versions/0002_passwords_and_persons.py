"""links for forgotten passwords; persons who are taken off a draft"""

import sqlalchemy as sa
from alembic import op

from plural.models.columns import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BEFORE = ("staff_invitation", "invitation", "consent")


def upgrade() -> None:
    op.add_column("person", sa.Column("removed_at", Instant(), nullable=True))
    allow((*BEFORE, "password"))


def downgrade() -> None:
    op.execute("DELETE FROM one_time_link WHERE purpose = 'password'")
    allow(BEFORE)
    op.drop_column("person", "removed_at")


def allow(purposes: tuple[str, ...]) -> None:
    """Let the column hold these purposes and no others."""
    name = op.f("ck_one_time_link_linkpurpose")
    listed = ", ".join(f"'{purpose}'" for purpose in purposes)
    with op.batch_alter_table("one_time_link") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, sa.text(f"purpose IN ({listed})"))
