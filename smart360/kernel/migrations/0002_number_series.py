"""Number series: one sequence per series and year, made on first use by the owner's right.

A series may run on through all years: its year is 0.
"""

from django.db import migrations

NEXT = """
CREATE OR REPLACE FUNCTION smart360_next_number(series text, in_year integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    sequence_name text := format('number_%s_%s', lower(series), in_year);
BEGIN
    IF series !~ '^[A-Z]{2,4}$' OR (in_year <> 0 AND in_year NOT BETWEEN 1900 AND 9999) THEN
        RAISE EXCEPTION 'not a number series: % %', series, in_year;
    END IF;
    IF to_regclass(sequence_name) IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtext(sequence_name));
        EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I', sequence_name);
    END IF;
    RETURN nextval(sequence_name);
END $$;
"""

GO_ON = """
CREATE FUNCTION smart360_go_on_after(series text, in_year integer, last bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    given bigint := smart360_next_number(series, in_year);
BEGIN
    PERFORM setval(format('number_%s_%s', lower(series), in_year), greatest(given - 1, last, 1), greatest(given - 1, last) > 0);
END $$;
"""


class Migration(migrations.Migration):
    replaces = [
        ("kernel", "0002_numbers"),
        ("kernel", "0003_numbers_without_years"),
    ]

    dependencies = [
        ("kernel", "0001_extensions"),
    ]

    operations = [
        migrations.RunSQL(NEXT, "DROP FUNCTION smart360_next_number(text, integer)"),
        migrations.RunSQL(GO_ON, "DROP FUNCTION smart360_go_on_after(text, integer, bigint)"),
    ]
