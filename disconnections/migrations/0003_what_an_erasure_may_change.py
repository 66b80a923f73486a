"""What an erasure may change of rows that stay as they are (R8)."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('disconnections', '0002_reasons_and_protections'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='disconnectionrequest',
            name='what_was_asked_for_stays',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='disconnectionrequest',
            trigger=pgtrigger.compiler.Trigger(name='what_was_asked_for_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND coalesce(current_setting('smart360.erasing', true), '')\n                                            <> '' THEN\n                        IF smart360_erases((SELECT c.consumer_id FROM cases_case c WHERE c.id = OLD.case_id), to_jsonb(OLD), to_jsonb(NEW),\n                                           ARRAY['notes', 'identity_last_four', 'tracking_token']) THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n    \n                    -- A receipt is attached, once. The place follows the visit while the request\n                    -- is open, and is given back. Nothing else moves.\n                    IF TG_OP = 'UPDATE' THEN\n                        IF to_jsonb(NEW) - ARRAY['booking_id', 'receipt_id']\n                           = to_jsonb(OLD) - ARRAY['booking_id', 'receipt_id']\n                           AND (NEW.booking_id IS NULL OR NEW.booking_id = OLD.booking_id\n                                OR EXISTS (SELECT 1 FROM cases_case c\n                                            WHERE c.id = OLD.case_id AND c.ended_at IS NULL))\n                           AND (OLD.receipt_id IS NULL OR NEW.receipt_id = OLD.receipt_id)\n                        THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'what was asked for stays as it was'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'what_was_asked_for_stays';\n                    ", hash='1191973dcd471d6e142964398b7f70d63cbfb96b', operation='UPDATE OR DELETE', pgid='pgtrigger_what_was_asked_for_stays_c7baf', table='disconnections_disconnectionrequest', when='BEFORE')),
        ),
    ]
