"""staff note who bears the name of somebody behind a film and is not related to them"""

import sqlalchemy as sa
from alembic import op

from plural.models.columns import Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

PARENTS = {"entry_id": "entry", "account_id": "account", "noted_by_id": "account"}


def upgrade() -> None:
    op.create_table(
        "unrelated",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(column, sa.Integer(), nullable=False) for column in PARENTS),
        sa.Column("noted_at", Instant(), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_unrelated_{column}"))
            for column, table in PARENTS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unrelated")),
        sa.UniqueConstraint(
            "entry_id", "account_id", name=op.f("uq_unrelated_entry_id_account_id")
        ),
    )
    for column in PARENTS:
        op.create_index(op.f(f"ix_unrelated_{column}"), "unrelated", [column])


def downgrade() -> None:
    op.drop_table("unrelated")
