"""named people look after the safety of children; cases have steps and outcomes; films are sealed

The first member of the staff of each festival is named, and whoever has handled a case.
"""

import sqlalchemy as sa
from alembic import op

from plural.models.columns import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.add_column("entry", sa.Column("sealed_at", Instant(), nullable=True))
    with op.batch_alter_table("worry") as batch:
        batch.add_column(
            sa.Column(
                "outcome",
                choice(op.f("ck_worry_outcome"), "nothing_found", "helped", "passed_on"),
                nullable=True,
            )
        )
        batch.create_check_constraint(
            op.f("ck_worry_outcome_is_last"), sa.text("outcome IS NULL OR state = 'answered'")
        )
    make_steps()
    name_people()


def make_steps() -> None:
    op.create_table(
        "worry_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worry_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            choice(op.f("ck_worry_step_step"), "noted", "sealed", "seal_lifted"),
            nullable=False,
        ),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("taken_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["worry_id"], ["worry.id"], name=op.f("fk_worry_step_worry_id")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_worry_step_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worry_step")),
    )
    for column in ("worry_id", "account_id"):
        op.create_index(op.f(f"ix_worry_step_{column}"), "worry_step", [column])
    for statement in guards(op.get_bind().dialect.name):
        op.execute(statement)


def guards(dialect: str) -> list[str]:
    """Triggers that deny any change of a step; it may be deleted once nobody needs the case."""
    if dialect == "sqlite":
        return [
            "CREATE TRIGGER worry_step_no_update BEFORE UPDATE ON worry_step "
            "BEGIN SELECT RAISE(ABORT, 'a step of a case is never changed'); END"
        ]
    return [
        "CREATE FUNCTION deny_step_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a step of a case is never changed'; END $$",
        "CREATE TRIGGER worry_step_unchanged BEFORE UPDATE ON worry_step "
        "FOR EACH ROW EXECUTE FUNCTION deny_step_change()",
    ]


def name_people() -> None:
    op.execute("INSERT INTO role (festival_id, name) SELECT id, 'safeguarding' FROM festival")
    op.execute(
        "INSERT INTO account_role (account_id, role_id)"
        " SELECT staff.account_id, named.id FROM account_role staff"
        " JOIN role ON role.id = staff.role_id AND role.name = 'staff'"
        " JOIN role named ON named.festival_id = role.festival_id AND named.name = 'safeguarding'"
        " WHERE staff.account_id IN (SELECT handled_by_id FROM worry)"
        " OR staff.account_id = (SELECT min(other.account_id) FROM account_role other"
        " JOIN account ON account.id = other.account_id"
        " WHERE other.role_id = role.id AND account.active)"
    )


def downgrade() -> None:
    named = "SELECT id FROM role WHERE name = 'safeguarding'"
    op.execute(f"DELETE FROM account_role WHERE role_id IN ({named})")  # noqa: S608
    op.execute("DELETE FROM role WHERE name = 'safeguarding'")
    # Without the seal everybody could see these films again, so they are withheld instead.
    op.execute(
        "UPDATE entry SET withheld_at = sealed_at, withheld_reason = 'sealed'"
        " WHERE sealed_at IS NOT NULL AND withheld_at IS NULL"
    )
    op.drop_table("worry_step")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION deny_step_change()")
    with op.batch_alter_table("worry") as batch:
        batch.drop_constraint(op.f("ck_worry_outcome_is_last"), type_="check")
        batch.drop_constraint(op.f("ck_worry_outcome"), type_="check")
        batch.drop_column("outcome")
    with op.batch_alter_table("entry") as batch:
        batch.drop_column("sealed_at")
