"""Legal holds and erasures. Only what belongs to an erased person can be deleted, and nothing changed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NEW = {
    "legal_hold": "id = NEW.id OR (person_id = NEW.person_id AND number = NEW.number)",
    "erasure": "id = NEW.id",
}
"""Each new table, and when a row of it is there already."""
ERASED_WITH = {
    **dict.fromkeys(("assessment", "budget_request", "component_agreement", "decision", "finding"), None),
    **dict.fromkeys(("notice", "person_revision", "plan", "proposal", "reconsideration", "review"), None),
    "share": None,
    "notice_event": ("notice", "notice_id"),
    "plan_version": ("plan", "plan_id"),
    "reconsideration_event": ("reconsideration", "reconsideration_id"),
    "request_outcome": ("budget_request", "request_id"),
}
"""What goes with an erased person: a table that names them, or the table it belongs to and by which key."""
IS_ERASED = "EXISTS (SELECT 1 FROM erasure WHERE what = 'record' AND person_id = {person})"

SQLITE_REFUSES = """
CREATE TRIGGER {table}_refuses_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
SQLITE_REFUSES_UNLESS = """
CREATE TRIGGER {table}_refuses_{verb} BEFORE {verb} ON {table} WHEN NOT ({allowed})
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
SQLITE_REPLACE = """
CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE rowid = NEW.rowid OR {same})
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
"""`INSERT OR REPLACE` deletes what is in its way without a word to the triggers on DELETE."""
RENAMED = "NEW.id = OLD.id AND NEW.written_by = OLD.written_by AND NEW.written_at = OLD.written_at"
"""All that may change of a person, once erased, is the reference."""

POSTGRESQL_REFUSES = """
CREATE TRIGGER {table}_refuses_change BEFORE {verbs} ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
POSTGRESQL_REFUSES_UNLESS = """
CREATE TRIGGER {table}_refuses_{verb} BEFORE {verb} ON {table}
FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased({arguments})
"""
POSTGRESQL_FUNCTION = """
CREATE FUNCTION refuse_unless_erased() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE person uuid;
BEGIN
    IF TG_NARGS = 1 THEN
        EXECUTE format('SELECT ($1).%I', TG_ARGV[0]) INTO person USING OLD;
    ELSE
        EXECUTE format('SELECT person_id FROM %I WHERE id = ($1).%I', TG_ARGV[0], TG_ARGV[1])
        INTO person USING OLD;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM erasure WHERE what = 'record' AND person_id = person) THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF NOT (NEW.id = OLD.id AND NEW.written_by = OLD.written_by AND NEW.written_at = OLD.written_at) THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Make the tables, and let the triggers give way where a person was erased."""
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("reason_commitment", sa.String(), nullable=True),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_legal_hold_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
        sa.UniqueConstraint("person_id", "number", name=op.f("uq_legal_hold_person_id_number")),
    )
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_erasure_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index(op.f("ix_erasure_person_id"), "erasure", ["person_id"])
    op.add_column("idempotency_key", sa.Column("person_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_idempotency_key_person_id"), "idempotency_key", ["person_id"])
    if op.get_bind().dialect.name == "sqlite":
        _let_sqlite_erase()
    else:
        _let_postgresql_erase()


def _let_sqlite_erase() -> None:
    for table, same in NEW.items():
        for verb in ("update", "delete"):
            op.execute(SQLITE_REFUSES.format(table=table, verb=verb))
        op.execute(SQLITE_REPLACE.format(table=table, same=same))
    for table, belongs_to in ERASED_WITH.items():
        person = "OLD.person_id"
        if belongs_to is not None:
            parent, key = belongs_to
            person = f"(SELECT person_id FROM {parent} WHERE id = OLD.{key})"  # noqa: S608  they are above
        op.execute(f"DROP TRIGGER {table}_refuses_delete")
        allowed = IS_ERASED.format(person=person)
        op.execute(SQLITE_REFUSES_UNLESS.format(table=table, verb="delete", allowed=allowed))
    op.execute("DROP TRIGGER person_refuses_update")
    allowed = f"{RENAMED} AND {IS_ERASED.format(person='OLD.id')}"
    op.execute(SQLITE_REFUSES_UNLESS.format(table="person", verb="update", allowed=allowed))


def _let_postgresql_erase() -> None:
    op.execute(POSTGRESQL_FUNCTION)
    for table in NEW:
        op.execute(POSTGRESQL_REFUSES.format(table=table, verbs="UPDATE OR DELETE OR TRUNCATE"))
    for table, belongs_to in ERASED_WITH.items():
        arguments = ", ".join(f"'{each}'" for each in belongs_to or ("person_id",))
        op.execute(f"DROP TRIGGER {table}_refuses_change ON {table}")
        op.execute(POSTGRESQL_REFUSES.format(table=table, verbs="UPDATE OR TRUNCATE"))
        op.execute(POSTGRESQL_REFUSES_UNLESS.format(table=table, verb="delete", arguments=arguments))
    op.execute("DROP TRIGGER person_refuses_change ON person")
    op.execute(POSTGRESQL_REFUSES.format(table="person", verbs="DELETE OR TRUNCATE"))
    op.execute(POSTGRESQL_REFUSES_UNLESS.format(table="person", verb="update", arguments="'id'"))


def downgrade() -> None:
    """Drop the tables, if nothing is in them, and let no trigger give way."""
    for table in NEW:
        if op.get_bind().scalar(sa.text(f"SELECT count(*) FROM {table}")):  # noqa: S608  it is above
            raise RuntimeError(f"{table} holds rows: a downgrade would lose them")
    if op.get_bind().dialect.name == "sqlite":
        for table, verb in [*((table, "delete") for table in ERASED_WITH), ("person", "update")]:
            op.execute(f"DROP TRIGGER {table}_refuses_{verb}")
            op.execute(SQLITE_REFUSES.format(table=table, verb=verb))
    else:
        for table, verb in [*((table, "delete") for table in ERASED_WITH), ("person", "update")]:
            op.execute(f"DROP TRIGGER {table}_refuses_{verb} ON {table}")
            op.execute(f"DROP TRIGGER {table}_refuses_change ON {table}")
            op.execute(POSTGRESQL_REFUSES.format(table=table, verbs="UPDATE OR DELETE OR TRUNCATE"))
        op.execute("DROP FUNCTION refuse_unless_erased")
    op.drop_index(op.f("ix_idempotency_key_person_id"), "idempotency_key")
    op.drop_column("idempotency_key", "person_id")
    for table in NEW:
        op.drop_table(table)
