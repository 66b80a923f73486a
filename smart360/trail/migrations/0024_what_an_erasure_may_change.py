"""What an erasure may change of rows that stay as they are (R8)."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0029_what_an_erasure_may_change'),
        ('trail', '0023_kinds_of_moves_are_known'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='entry',
            name='entries_are_chained',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entry',
            trigger=pgtrigger.compiler.Trigger(name='entries_are_chained', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE last record; words text;', func="\n                    IF NEW.at > clock_timestamp() + interval '5 seconds' THEN\n                        RAISE EXCEPTION 'an entry cannot lie in the future'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM consumers_consumer p\n                                WHERE p.id = NEW.consumer_id AND p.erased_at IS NOT NULL) THEN\n                        RAISE EXCEPTION 'nobody is behind this account any more'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_erased';\n                    END IF;\n                    IF NEW.case_id IS NULL THEN\n                        NEW.seq := 0;\n                        NEW.previous_hash := '';\n                        NEW.hash := '';\n                        RETURN NEW;\n                    END IF;\n                    PERFORM 1 FROM cases_case WHERE id = NEW.case_id FOR NO KEY UPDATE;\n                    SELECT seq, hash INTO last FROM trail_entry\n                     WHERE case_id = NEW.case_id ORDER BY seq DESC LIMIT 1;\n                    SELECT digest INTO words FROM trail_personaltext WHERE id = NEW.text_id;\n                    NEW.seq := coalesce(last.seq, 0) + 1;\n                    NEW.previous_hash := coalesce(last.hash, '');\n                    NEW.hash := encode(sha256(convert_to(concat_ws('|',\n                        NEW.previous_hash, NEW.case_id, NEW.seq, NEW.kind,\n                        extract(epoch from NEW.at)::numeric(20, 6), NEW.actor_id, NEW.case_version,\n                        NEW.old::text, NEW.new::text, words), 'UTF8')), 'hex');\n                    RETURN NEW;\n                    ", hash='52531c7c9eec467bfc00437fa2f3d94f3f514d9b', operation='INSERT', pgid='pgtrigger_entries_are_chained_0fd09', table='trail_entry', when='BEFORE')),
        ),
    ]
