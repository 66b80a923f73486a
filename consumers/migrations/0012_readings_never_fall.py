"""W13 in the database: a meter shows more than it did, or its reading says why not."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0011_accounts_are_archived'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='reading',
            name='verification_is_known',
        ),
        migrations.AddField(
            model_name='reading',
            name='exception',
            field=models.CharField(choices=[('NONE', 'None'), ('NO_CONSUMPTION', 'No consumption'), ('ROLLOVER', 'The meter rolled over'), ('REPLACEMENT', 'The meter was replaced')], db_default='NONE', default='NONE', help_text='Why it need not be above the one before.', max_length=15),
        ),
        migrations.AlterField(
            model_name='reading',
            name='verification',
            field=models.CharField(choices=[('PENDING', 'Pending'), ('VERIFIED', 'Verified'), ('REJECTED', 'Rejected')], default='VERIFIED', max_length=10),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reading',
            trigger=pgtrigger.compiler.Trigger(name='readings_never_fall', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE first date; last date;', func="\n                    -- Who writes two readings of one meter at once waits here for the other.\n                    PERFORM 1 FROM consumers_meter WHERE id = NEW.meter_id FOR NO KEY UPDATE;\n                    IF NEW.read_on > (clock_timestamp() AT TIME ZONE (\n                        SELECT u.time_zone FROM organisation_utility u WHERE u.id = 1))::date\n                    THEN\n                        RAISE EXCEPTION 'a meter is not read before the day has come'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_reading_is_not_of_the_future';\n                    END IF;\n                    -- From its neighbour before to its neighbour after, where it was and where\n                    -- it is; what else was ever kept of the meter is not looked at.\n                    first := least(OLD.read_on, NEW.read_on);\n                    last := greatest(OLD.read_on, NEW.read_on);\n                    first := coalesce((SELECT max(r.read_on) FROM consumers_reading r\n                                        WHERE r.meter_id = NEW.meter_id AND r.read_on < first\n                                          AND r.verification <> 'REJECTED'), first);\n                    last := coalesce((SELECT min(r.read_on) FROM consumers_reading r\n                                       WHERE r.meter_id = NEW.meter_id AND r.read_on > last\n                                         AND r.verification <> 'REJECTED'), last);\n                    IF OLD.meter_id <> NEW.meter_id OR EXISTS (\n                        SELECT 1 FROM (\n                            SELECT r.value, r.exception,\n                                   lag(r.value) OVER (ORDER BY r.read_on) AS before\n                              FROM consumers_reading r\n                             WHERE r.meter_id = NEW.meter_id\n                               AND r.read_on BETWEEN first AND last\n                               AND r.verification <> 'REJECTED') shown\n                         WHERE (shown.value < shown.before\n                                AND shown.exception NOT IN ('ROLLOVER', 'REPLACEMENT'))\n                            OR (shown.value = shown.before AND shown.exception = 'NONE'))\n                    THEN\n                        RAISE EXCEPTION 'a meter shows more than it did'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'readings_never_fall';\n                    END IF;\n                    RETURN NULL;\n                    ", hash='3b8b82cc529240582ec8f29784f3354f36bf13fc', operation='INSERT OR UPDATE OF "meter_id", "value", "read_on", "verification", "exception"', pgid='pgtrigger_readings_never_fall_d1de5', table='consumers_reading', when='AFTER')),
        ),
        AddConstraintNotValid(
            model_name='reading',
            constraint=models.CheckConstraint(condition=models.Q(('verification__in', ['PENDING', 'VERIFIED', 'REJECTED'])), name='verification_is_known'),
        ),
        AddConstraintNotValid(
            model_name='reading',
            constraint=models.CheckConstraint(condition=models.Q(('exception__in', ['NONE', 'NO_CONSUMPTION', 'ROLLOVER', 'REPLACEMENT'])), name='exception_of_a_reading_is_known'),
        ),
    ]
