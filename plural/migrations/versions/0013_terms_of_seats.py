"""what jurors take on in a round, and films that staff give by hand"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("seat") as batch:
        batch.add_column(sa.Column("fewest_films", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("most_films", sa.Integer(), nullable=True))
        for name in ("is_reserve", "is_young"):
            batch.add_column(flag(name))
        batch.add_column(sa.Column("categories", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("seat") as batch:
        for name in ("is_reserve", "is_young", "categories"):
            batch.alter_column(name, server_default=None)
        batch.create_check_constraint(
            op.f("ck_seat_bounds_in_order"),
            sa.text("fewest_films >= 0 AND most_films >= 0 AND fewest_films <= most_films"),
        )
    with op.batch_alter_table("assignment") as batch:
        batch.add_column(flag("by_hand"))
    # A batch of its own, or SQLite would fill the column without its default.
    with op.batch_alter_table("assignment") as batch:
        batch.alter_column("by_hand", server_default=None)


def flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def downgrade() -> None:
    with op.batch_alter_table("assignment") as batch:
        batch.drop_column("by_hand")
    with op.batch_alter_table("seat") as batch:
        batch.drop_constraint(op.f("ck_seat_bounds_in_order"), type_="check")
        for name in ("categories", "is_young", "is_reserve", "most_films", "fewest_films"):
            batch.drop_column(name)
