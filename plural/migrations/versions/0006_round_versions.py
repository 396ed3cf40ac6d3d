"""closing and freezing are two deeds, by two people; rounds have versions; heads are mailed"""

import sqlalchemy as sa
from alembic import op

from plural.models.columns import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    change_rounds()
    op.add_column("seat", sa.Column("reminded_at", Instant(), nullable=True))
    with op.batch_alter_table("round_film") as batch:
        batch.add_column(
            sa.Column("extra_reviews", sa.Integer(), nullable=False, server_default="0")
        )
    with op.batch_alter_table("round_film") as batch:
        batch.alter_column("extra_reviews", server_default=None)
    change_results()
    add_requests()
    add_heads()


def change_rounds() -> None:
    """Rounds that are closed have a frozen result: they are frozen."""
    with op.batch_alter_table("round") as batch:
        batch.add_column(
            sa.Column(
                "tie_rule",
                sa.Enum(
                    "shared",
                    "raw mean",
                    "lot",
                    name=op.f("ck_round_tierule"),
                    native_enum=False,
                    create_constraint=True,
                    length=40,
                ),
                nullable=False,
                server_default="shared",
            )
        )
        batch.add_column(sa.Column("bounds", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("source_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("source_version", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("frozen_at", Instant(), nullable=True))
        batch.add_column(sa.Column("topped_up_at", Instant(), nullable=True))
        batch.create_foreign_key(op.f("fk_round_source_id"), "round", ["source_id"], ["id"])
        batch.create_index(op.f("ix_round_source_id"), ["source_id"])
        batch.drop_constraint(op.f("ck_round_roundstate"), type_="check")
        batch.drop_constraint(op.f("ck_round_closed_has_evidence"), type_="check")
    op.execute("UPDATE round SET state = 'frozen', frozen_at = closed_at WHERE state = 'closed'")
    op.execute(
        "UPDATE round SET source_version = 1, source_id = (SELECT r.round_id FROM ranked_film k"
        " JOIN round_result r ON r.id = k.result_id"
        " JOIN round_film f ON f.film_version_id = k.film_version_id"
        " WHERE f.round_id = round.id ORDER BY k.id DESC LIMIT 1)"
        " WHERE kind <> 'preselection'"
    )
    with op.batch_alter_table("round") as batch:
        batch.alter_column("tie_rule", server_default=None)
        batch.alter_column("bounds", server_default=None)
        check(batch, "round_roundstate", "state IN ('draft', 'open', 'closed', 'frozen')")
        check(
            batch,
            "round_closed_has_evidence",
            "(state IN ('closed', 'frozen')) = (closed_at IS NOT NULL)",
        )
        check(batch, "round_frozen_has_evidence", "(state = 'frozen') = (frozen_at IS NOT NULL)")


def check(batch: object, name: str, rule: str) -> None:
    batch.create_check_constraint(op.f(f"ck_{name}"), sa.text(rule))


def change_results() -> None:
    with op.batch_alter_table("round_result") as batch:
        batch.add_column(sa.Column("declared", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("shortlist", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("computed_at", Instant(), nullable=True))
    op.execute("UPDATE round_result SET computed_at = frozen_at")
    with op.batch_alter_table("round_result") as batch:
        batch.alter_column("computed_at", existing_type=Instant(), nullable=False)
        batch.alter_column("frozen_at", existing_type=Instant(), nullable=True)


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def add_requests() -> None:
    op.create_table(
        "round_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("kind", choice("requestkind", "freezing", "reopening"), nullable=False),
        sa.Column(
            "state", choice("requeststate", "waiting", "confirmed", "dropped"), nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(state = 'waiting') = (settled_at IS NULL)",
            name=op.f("ck_round_request_settled_has_evidence"),
        ),
        sa.CheckConstraint(
            "state <> 'confirmed' OR settled_by_id <> asked_by_id",
            name=op.f("ck_round_request_two_persons"),
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_request_round_id")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["account.id"], name=op.f("fk_round_request_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["account.id"], name=op.f("fk_round_request_settled_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_request")),
    )
    for column in ("round_id", "asked_by_id", "settled_by_id"):
        op.create_index(op.f(f"ix_round_request_{column}"), "round_request", [column])


def add_heads() -> None:
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("festival_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("mailed_at", Instant(), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["festival_id"], ["festival.id"], name=op.f("fk_audit_head_festival_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_index(op.f("ix_audit_head_festival_id"), "audit_head", ["festival_id"])


def downgrade() -> None:
    op.drop_table("audit_head")
    op.drop_table("round_request")
    op.execute(
        "DELETE FROM ranked_film WHERE result_id IN"
        " (SELECT id FROM round_result WHERE frozen_at IS NULL)"
    )
    op.execute("DELETE FROM round_result WHERE frozen_at IS NULL")
    with op.batch_alter_table("round_result") as batch:
        batch.alter_column("frozen_at", existing_type=Instant(), nullable=False)
        for column in ("computed_at", "shortlist", "declared"):
            batch.drop_column(column)
    with op.batch_alter_table("round_film") as batch:
        batch.drop_column("extra_reviews")
    with op.batch_alter_table("seat") as batch:
        batch.drop_column("reminded_at")
    with op.batch_alter_table("round") as batch:
        for name in ("roundstate", "closed_has_evidence", "frozen_has_evidence", "tierule"):
            batch.drop_constraint(op.f(f"ck_round_{name}"), type_="check")
    op.execute("UPDATE round SET state = 'closed' WHERE state = 'frozen'")
    with op.batch_alter_table("round") as batch:
        batch.drop_index(op.f("ix_round_source_id"))
        batch.drop_constraint(op.f("fk_round_source_id"), type_="foreignkey")
        for column in (
            "topped_up_at", "frozen_at", "source_version", "source_id", "bounds", "tie_rule",
        ):  # fmt: skip
            batch.drop_column(column)
        check(batch, "round_roundstate", "state IN ('draft', 'open', 'closed')")
        check(batch, "round_closed_has_evidence", "(state = 'closed') = (closed_at IS NOT NULL)")
