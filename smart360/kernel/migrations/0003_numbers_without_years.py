"""A series may run on through all years: its year is 0."""

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


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_numbers")]
    operations = [migrations.RunSQL(NEXT, migrations.RunSQL.noop)]
