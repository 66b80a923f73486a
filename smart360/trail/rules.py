"""What an erasure puts in place of a person's words, and the door that lets it through (R8)."""

ERASED_NAME = "Erased consumer"
ERASED_WORDS = "These words were erased."
"""Long enough for whatever has to say something."""
ERASED = "Erased"
DEAD_LINK = "erased-"
"""What a link of a consumer begins with that leads nowhere any more."""
INSTEAD = (ERASED_NAME, ERASED_WORDS, ERASED)
NOBODY_IS_BEHIND_IT = "'nobody is behind this account any more'"
AS_ERASED = "ERRCODE = 'check_violation', CONSTRAINT = 'account_is_erased'"
"""SQL: what a trigger says of an account whose person was erased, and by which name."""


def door_of_erasure(consumer: str, *columns: str) -> str:
    """What a trigger that keeps a row as it is begins with: an erasure blanks these, no other.

    ``consumer`` is SQL for the key of the consumer whom the row is about. The database's function
    ``smart360_erases`` asks for the erasure's own row in the same transaction.
    """
    blanks = ", ".join(f"'{column}'" for column in columns)
    return f"""
                    IF TG_OP = 'UPDATE' AND coalesce(current_setting('smart360.erasing', true), '')
                                            <> '' THEN
                        IF smart360_erases({consumer}, to_jsonb(OLD), to_jsonb(NEW),
                                           ARRAY[{blanks}]) THEN
                            RETURN NEW;
                        END IF;
                    END IF;
    """


def refuse_the_erased(consumer: str) -> str:
    """What a trigger on new rows begins with where the row says something of a person.

    ``consumer`` is SQL for the key of the consumer; nobody is behind one who was erased.
    """
    return f"""
                    IF EXISTS (SELECT 1 FROM consumers_consumer e
                                WHERE e.id = {consumer} AND e.erased_at IS NOT NULL) THEN
                        RAISE EXCEPTION {NOBODY_IS_BEHIND_IT}
                            USING {AS_ERASED};
                    END IF;
    """  # noqa: S608  (put together from our own words)


WHOSE_CASE = "(SELECT k.consumer_id FROM cases_case k WHERE k.id = NEW.{column})"
"""SQL for the consumer of the case that a new row is about."""
