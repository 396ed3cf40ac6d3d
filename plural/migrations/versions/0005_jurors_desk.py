"""the juror's desk: undertakings, worries as cases, abstentions, notes, revisions of scores"""

import sqlalchemy as sa
from alembic import op

from plural.models.columns import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATES = ("assigned", "scored", "conflicted", "released")
UNDERTAKING = {
    "en": (
        "The films that I watch here were made by young people, many of them children, and show "
        "children. I watch them alone and only to judge them. I do not record, copy or pass on a "
        "film, a picture of it, or anything that I learn about the people in it. I do not try to "
        "find out who or where they are, and I do not get in touch with them. If something in a "
        "film makes me worry about the safety of a child, I tell the festival at once, on the "
        "page of the film. If I should not judge a film, I say so. What I have seen and given "
        "stays with me until the festival has published its results."
    ),
    "ar": (
        "الأفلام التي أشاهدها هنا صنعها شباب، كثير منهم أطفال، ويظهر فيها أطفال. أشاهدها "
        "وحدي، ولغرض التحكيم فقط. لا أسجّل فيلمًا أو صورة منه ولا أنسخهما، ولا أنقل إلى أحد "
        "شيئًا أعرفه عن الأشخاص الذين فيه. لا أحاول أن أعرف من هم أو أين هم، ولا أتواصل معهم. "
        "إذا أقلقني في فيلم شيء يمسّ سلامة طفل، أُبلغ المهرجان فورًا من صفحة الفيلم. وإذا كان "
        "عليّ ألّا أحكم على فيلم، أقول ذلك. وما شاهدته وما منحته من درجات يبقى عندي إلى أن "
        "ينشر المهرجان نتائجه."
    ),
}


def upgrade() -> None:
    with op.batch_alter_table("account") as batch:
        batch.add_column(
            sa.Column(
                "languages_not_followed", sa.JSON(), nullable=False, server_default=sa.text("'[]'")
            )
        )
    with op.batch_alter_table("account") as batch:
        batch.alter_column("languages_not_followed", server_default=None)
    with op.batch_alter_table("assignment") as batch:
        batch.add_column(
            sa.Column("abstention_reason", sa.String(), nullable=False, server_default="")
        )
    with op.batch_alter_table("assignment") as batch:
        batch.alter_column("abstention_reason", server_default=None)
        batch.create_check_constraint(
            op.f("ck_assignment_abstention_has_reason"),
            sa.text("(state = 'abstained') = (abstention_reason <> '')"),
        )
    allow((*STATES, "abstained"))
    make_revisions()
    make_notes()
    make_undertakings()
    make_worries()


def downgrade() -> None:
    for table in ("worry", "undertaking", "film_note", "score_revision"):
        op.drop_table(table)
    op.execute("DELETE FROM consent_text WHERE signer = 'juror'")
    with op.batch_alter_table("assignment") as batch:
        batch.drop_constraint(op.f("ck_assignment_abstention_has_reason"), type_="check")
        batch.drop_column("abstention_reason")
    op.execute("UPDATE assignment SET state = 'released' WHERE state = 'abstained'")
    allow(STATES)
    with op.batch_alter_table("account") as batch:
        batch.drop_column("languages_not_followed")


def allow(states: tuple[str, ...]) -> None:
    """Let assignments be in these states and no others."""
    name = op.f("ck_assignment_assignmentstate")
    listed = ", ".join(f"'{state}'" for state in states)
    with op.batch_alter_table("assignment") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, sa.text(f"state IN ({listed})"))


def make_revisions() -> None:
    """Every score that stands becomes its own first line on record."""
    op.create_table(
        "score_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("receipt", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_score_revision_assignment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_revision")),
        sa.UniqueConstraint(
            "assignment_id", "revision", name=op.f("uq_score_revision_assignment_id_revision")
        ),
    )
    index("score_revision", "assignment_id")
    op.execute(
        'INSERT INTO score_revision (assignment_id, revision, "values", receipt, at) '
        'SELECT assignment_id, revision, "values", receipt, submitted_at FROM score'
    )


def make_notes() -> None:
    op.create_table(
        "film_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("film_version_id", sa.Integer(), nullable=False),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_film_note_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["film_version_id"], ["film_version.id"], name=op.f("fk_film_note_film_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_film_note")),
    )
    index("film_note", "account_id", "film_version_id")


def make_undertakings() -> None:
    """The table, and for every edition there is a text to sign."""
    op.create_table(
        "undertaking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("text_version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("signed_name", sa.String(), nullable=False),
        sa.Column("signed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_undertaking_edition_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_undertaking_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undertaking")),
        sa.UniqueConstraint(
            "edition_id",
            "account_id",
            "text_version",
            name=op.f("uq_undertaking_edition_id_account_id_text_version"),
        ),
    )
    index("undertaking", "edition_id", "account_id")
    for language, text in UNDERTAKING.items():
        op.get_bind().execute(
            sa.text(
                "INSERT INTO consent_text "
                "(edition_id, signer, version, language, text, created_at) "
                "SELECT id, 'juror', 1, :language, :text, created_at FROM edition"
            ),
            {"language": language, "text": text},
        )


def make_worries() -> None:
    op.create_table(
        "worry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("film_version_id", sa.Integer(), nullable=False),
        sa.Column("raised_by_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "in_hand",
                "answered",
                name="worrystate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("raised_at", Instant(), nullable=False),
        sa.Column("handled_by_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (handled_by_id IS NULL)", name=op.f("ck_worry_case_has_somebody")
        ),
        sa.CheckConstraint(
            "(state = 'answered') = (answered_at IS NOT NULL)",
            name=op.f("ck_worry_answer_has_evidence"),
        ),
        sa.ForeignKeyConstraint(
            ["film_version_id"], ["film_version.id"], name=op.f("fk_worry_film_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["raised_by_id"], ["account.id"], name=op.f("fk_worry_raised_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["handled_by_id"], ["account.id"], name=op.f("fk_worry_handled_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worry")),
    )
    index("worry", "film_version_id", "raised_by_id", "handled_by_id")


def index(table: str, *columns: str) -> None:
    with op.batch_alter_table(table) as batch:
        for column in columns:
            batch.create_index(batch.f(f"ix_{table}_{column}"), [column], unique=False)
