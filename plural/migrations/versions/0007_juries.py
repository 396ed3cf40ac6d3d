"""final juries: turns, grades and counts of ballots, minutes, chairs; partners: ordered picks"""

import secrets

import sqlalchemy as sa
from alembic import op

from plural.models.columns import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    change_ballots()
    with op.batch_alter_table("seat") as batch:
        batch.add_column(sa.Column("wants_chair_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_seat_wants_chair_id"), "seat", ["wants_chair_id"], ["id"])
        batch.create_index(op.f("ix_seat_wants_chair_id"), ["wants_chair_id"])
    table(
        "ballot_count",
        to("round_id"),
        to("award_id"),
        sa.Column("tied", sa.JSON(), nullable=False),
        sa.Column("counted_at", Instant(), nullable=False),
        to("counted_by_id", "account"),
        sa.Column("second_closes_at", Instant(), nullable=True),
        unique=("round_id", "award_id"),
    )
    table(
        "minutes",
        to("round_id"),
        to("award_id"),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("present", "recused", "winners")),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("dissent", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        to("recorded_by_id", "account"),
        sa.Column("recorded_at", Instant(), nullable=False),
        unique=("round_id", "award_id"),
    )
    table(
        "confirmation",
        to("minutes_id"),
        to("seat_id"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("dissent", sa.String(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=False),
        unique=("minutes_id", "seat_id", "revision"),
    )
    table(
        "favourite",
        to("seat_id"),
        to("film_version_id"),
        sa.Column("marked_at", Instant(), nullable=False),
        unique=("seat_id", "film_version_id"),
    )
    table(
        "pick_list",
        to("round_id"),
        to("award_id"),
        sa.Column("closes_at", Instant(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        unique=("round_id", "award_id"),
    )
    change_picks()


def change_ballots() -> None:
    """Every ballot there is becomes one of the first turn, with a receipt."""
    with op.batch_alter_table("ballot") as batch:
        batch.add_column(sa.Column("turn", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("grades", sa.JSON(), nullable=False, server_default="{}"))
        batch.add_column(sa.Column("receipt", sa.String(), nullable=False, server_default=""))
    ballot = sa.table("ballot", sa.column("id"), sa.column("receipt"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(ballot.c.id)).all():
        receipt = secrets.token_hex(8)
        connection.execute(ballot.update().where(ballot.c.id == row.id).values(receipt=receipt))
    with op.batch_alter_table("ballot") as batch:
        for name in ("turn", "grades", "receipt"):
            batch.alter_column(name, server_default=None)
        batch.drop_constraint(op.f("uq_ballot_seat_id_award_id"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_ballot_seat_id_award_id_turn"), ["seat_id", "award_id", "turn"]
        )
        batch.create_check_constraint(
            op.f("ck_ballot_turn_is_first_or_second"), sa.text("turn IN (1, 2)")
        )


def change_picks() -> None:
    """The revision belongs to the list that a pick stands in."""
    op.execute(
        "INSERT INTO pick_list (round_id, award_id, revision)"
        " SELECT round_id, award_id, max(revision) FROM pick GROUP BY round_id, award_id"
    )
    with op.batch_alter_table("pick") as batch:
        batch.drop_constraint(op.f("uq_pick_round_id_organisation_id_position"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_pick_round_id_award_id_position"), ["round_id", "award_id", "position"]
        )
        batch.drop_column("revision")


def downgrade() -> None:
    with op.batch_alter_table("pick") as batch:
        batch.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        batch.drop_constraint(op.f("uq_pick_round_id_award_id_position"), type_="unique")
    op.execute(
        "DELETE FROM pick WHERE id NOT IN"
        " (SELECT min(id) FROM pick GROUP BY round_id, organisation_id, position)"
    )
    with op.batch_alter_table("pick") as batch:
        batch.alter_column("revision", server_default=None)
        batch.create_unique_constraint(
            op.f("uq_pick_round_id_organisation_id_position"),
            ["round_id", "organisation_id", "position"],
        )
    for name in ("pick_list", "favourite", "confirmation", "minutes", "ballot_count"):
        op.drop_table(name)
    with op.batch_alter_table("seat") as batch:
        batch.drop_index(op.f("ix_seat_wants_chair_id"))
        batch.drop_constraint(op.f("fk_seat_wants_chair_id"), type_="foreignkey")
        batch.drop_column("wants_chair_id")
    op.execute("DELETE FROM ballot WHERE turn = 2")
    with op.batch_alter_table("ballot") as batch:
        batch.drop_constraint(op.f("ck_ballot_turn_is_first_or_second"), type_="check")
        batch.drop_constraint(op.f("uq_ballot_seat_id_award_id_turn"), type_="unique")
        batch.create_unique_constraint(op.f("uq_ballot_seat_id_award_id"), ["seat_id", "award_id"])
        for name in ("turn", "grades", "receipt"):
            batch.drop_column(name)


# ----- tables as the portal's conventions name their parts


def to(column: str, target: str = "") -> sa.Column[int]:
    return sa.Column(
        column,
        sa.Integer(),
        sa.ForeignKey(f"{target or column.removesuffix('_id')}.id"),
        nullable=False,
        index=True,
    )


def table(name: str, *columns: sa.Column[object], unique: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False, primary_key=True),
        *columns,
        sa.UniqueConstraint(*unique),
    )
