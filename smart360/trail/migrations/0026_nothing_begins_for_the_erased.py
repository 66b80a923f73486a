"""No line about somebody who was erased, or on their case."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('trail', '0025_a_merged_account_is_told_of_no_more'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='entry',
            name='entries_are_chained',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entry',
            trigger=pgtrigger.compiler.Trigger(name='entries_are_chained', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE account record; last record; words text;', func="\n                    IF NEW.at > clock_timestamp() + interval '5 seconds' THEN\n                        RAISE EXCEPTION 'an entry cannot lie in the future'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    SELECT p.erased_at, p.merged_into_id INTO account FROM consumers_consumer p\n                     WHERE p.id = coalesce(NEW.consumer_id, (SELECT k.consumer_id FROM cases_case k WHERE k.id = NEW.case_id));\n                    IF account.erased_at IS NOT NULL THEN\n                        RAISE EXCEPTION 'nobody is behind this account any more'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_erased';\n                    END IF;\n                    -- What is over may still be rated, answered or retried.\n                    IF account.merged_into_id IS NOT NULL AND NEW.case_id IS NULL\n                       AND NEW.kind NOT IN ('ACCOUNTS_MERGED', 'MERGE_UNDONE', 'DATA_EXPORT_ASKED', 'DATA_EXPORT_APPROVED', 'DATA_EXPORT_DECLINED', 'ERASURE_ASKED', 'ERASURE_DECLINED', 'PERSON_ERASED', 'DOCUMENT_MADE', 'DOCUMENT_RETRIED') THEN\n                        RAISE EXCEPTION 'this account was merged into another one'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n                    END IF;\n                    IF NEW.case_id IS NULL THEN\n                        NEW.seq := 0;\n                        NEW.previous_hash := '';\n                        NEW.hash := '';\n                        RETURN NEW;\n                    END IF;\n                    PERFORM 1 FROM cases_case WHERE id = NEW.case_id FOR NO KEY UPDATE;\n                    SELECT seq, hash INTO last FROM trail_entry\n                     WHERE case_id = NEW.case_id ORDER BY seq DESC LIMIT 1;\n                    SELECT digest INTO words FROM trail_personaltext WHERE id = NEW.text_id;\n                    NEW.seq := coalesce(last.seq, 0) + 1;\n                    NEW.previous_hash := coalesce(last.hash, '');\n                    NEW.hash := encode(sha256(convert_to(concat_ws('|',\n                        NEW.previous_hash, NEW.case_id, NEW.seq, NEW.kind,\n                        extract(epoch from NEW.at)::numeric(20, 6), NEW.actor_id, NEW.case_version,\n                        NEW.old::text, NEW.new::text, words), 'UTF8')), 'hex');\n                    RETURN NEW;\n                    ", hash='9edb141f1276c732b72f661731e82b50db0eceb6', operation='INSERT', pgid='pgtrigger_entries_are_chained_0fd09', table='trail_entry', when='BEFORE')),
        ),
    ]
