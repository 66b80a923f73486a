"""The migration lint judges what a writer could wait for, and nothing else."""

from scripts.lint_migrations import about_old_tables


def test_what_happens_to_a_new_table_blocks_nobody() -> None:
    old = 'CREATE INDEX "slow" ON "consumers_consumer" ("name")'
    statements = [
        'CREATE TABLE "new_table" ("id" bigint)',
        'ALTER TABLE "new_table" ADD COLUMN "case_id" bigint NOT NULL',
        'CREATE UNIQUE INDEX "quick" ON "new_table" ("id")',
        "\n    ALTER TABLE new_table VALIDATE CONSTRAINT it_is_small",
        'ALTER TABLE "cases_case" ADD COLUMN "note" text NOT NULL',
        old,
        'DROP INDEX IF EXISTS "quick"',
        'DROP INDEX IF EXISTS "slow"',
    ]
    assert about_old_tables(statements) == [statements[0], statements[4], old, statements[7]]
