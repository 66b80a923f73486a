"""What an erasure may change of rows that stay as they are (R8)."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

from smart360.kernel.migrations._together import ChangeTogether


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0011_look_through_the_categories'),
    ]

    operations = [
        ChangeTogether([
        pgtrigger.migrations.RemoveTrigger(
            model_name='complainant',
            name='complainants_stay',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='complaint',
            name='what_was_complained_of_stays',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complainant',
            trigger=pgtrigger.compiler.Trigger(name='complainants_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND coalesce(current_setting('smart360.erasing', true), '')\n                                            <> '' THEN\n                        IF smart360_erases((SELECT c.consumer_id FROM cases_case c WHERE c.id = OLD.complaint_id), to_jsonb(OLD), to_jsonb(NEW),\n                                           ARRAY['name', 'phone', 'email', 'service_address', 'account_said', 'search_text', 'phone_digits']) THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n    \n                    RAISE EXCEPTION 'who complained stays as they said it'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'complainants_stay';\n                    ", hash='a1c1c46f90854d50b4d9ed442c1e9efee365b6e6', operation='UPDATE OR DELETE', pgid='pgtrigger_complainants_stay_c8d0d', table='complaints_complainant', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complaint',
            trigger=pgtrigger.compiler.Trigger(name='what_was_complained_of_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND coalesce(current_setting('smart360.erasing', true), '')\n                                            <> '' THEN\n                        IF smart360_erases((SELECT c.consumer_id FROM cases_case c WHERE c.id = OLD.case_id), to_jsonb(OLD), to_jsonb(NEW),\n                                           ARRAY['description', 'expected_resolution', 'notes', 'tracking_token']) THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n    \n                    -- A receipt is attached, once; the disputed amount follows its own lines.\n                    IF TG_OP = 'UPDATE' THEN\n                        IF to_jsonb(NEW) - ARRAY['receipt_id', 'disputed_amount']\n                           = to_jsonb(OLD) - ARRAY['receipt_id', 'disputed_amount']\n                           AND (OLD.receipt_id IS NULL OR NEW.receipt_id = OLD.receipt_id)\n                        THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'what was complained of stays as it was'\n                        USING ERRCODE = 'check_violation',\n                              CONSTRAINT = 'what_was_complained_of_stays';\n                    ", hash='a1a58d58b0335caecb606e88fa7194e8832bf9d5', operation='UPDATE OR DELETE', pgid='pgtrigger_what_was_complained_of_stays_e3062', table='complaints_complaint', when='BEFORE')),
        ),
        ]),
    ]
