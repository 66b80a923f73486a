"""An export stands on its own two files alone."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('custody', '0005_an_erasure_erases_the_account'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='privacyact',
            name='privacy_acts_move_along_arrows',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='privacyact',
            trigger=pgtrigger.compiler.Trigger(name='privacy_acts_move_along_arrows', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE may_change text[];', func="\n                    IF TG_OP = 'DELETE' THEN\n                        RAISE EXCEPTION 'who asked for a person''s data stays on record'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'privacy_acts_stay';\n                    END IF;\n                    NEW.in_transaction := 0;\n                    IF TG_OP = 'INSERT' THEN\n                        IF NEW.state <> 'ASKED' THEN\n                            RAISE EXCEPTION 'it is asked for before it is decided'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'a_privacy_act_is_asked_for_first';\n                        END IF;\n                        RETURN NEW;\n                    END IF;\n                    may_change := CASE\n                        WHEN OLD.state = 'ASKED' THEN\n                             ARRAY['state', 'decided_at', 'decided_by_id', 'decision_id']\n                        WHEN OLD.state = 'MAKING' THEN\n                             ARRAY['state', 'data_id', 'paper_id', 'made_at', 'gone_at']\n                        ELSE ARRAY['state', 'gone_at'] END || ARRAY['in_transaction'];\n                    IF (NEW.kind, OLD.state, NEW.state) NOT IN (VALUES ('EXPORT', 'ASKED', 'DECLINED'), ('EXPORT', 'ASKED', 'MAKING'), ('EXPORT', 'MAKING', 'READY'), ('EXPORT', 'READY', 'GONE'), ('EXPORT', 'MAKING', 'GONE'), ('ERASURE', 'ASKED', 'DECLINED'), ('ERASURE', 'ASKED', 'ERASED'))\n                       OR to_jsonb(NEW) - may_change IS DISTINCT FROM to_jsonb(OLD) - may_change\n                    THEN\n                        RAISE EXCEPTION 'no arrow from % to %', OLD.state, NEW.state\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'privacy_acts_move_along_arrows';\n                    END IF;\n                    IF OLD.state = 'ASKED' AND NOT EXISTS (\n                        SELECT 1 FROM staff_rolemembership m JOIN auth_group g ON g.id = m.group_id\n                         WHERE m.person_id = NEW.decided_by_id\n                           AND g.name IN ('SUPERVISOR', 'ADMIN'))\n                    THEN\n                        RAISE EXCEPTION 'the role of who decides is not one that may'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'who_decides_may_handle_privacy';\n                    END IF;\n                    -- Its files go when it ends: no other file may stand there.\n                    IF NEW.state = 'READY' AND NOT EXISTS (\n                        SELECT 1 FROM consumers_consumer c\n                          JOIN documents_storedfile d ON d.id = NEW.data_id\n                           AND d.content_type = 'JSON'\n                          JOIN documents_storedfile p ON p.id = NEW.paper_id\n                           AND p.content_type = 'PDF'\n                         WHERE c.id = NEW.consumer_id\n                           AND (d.title, p.title) = ('Personal data ' || c.account_number,\n                                                     'Personal data ' || c.account_number))\n                    THEN\n                        RAISE EXCEPTION 'an export is ready with its own two files'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_ready_export_has_its_files';\n                    END IF;\n                    IF NEW.state IN ('ERASED', 'GONE') THEN\n                        NEW.in_transaction := pg_current_xact_id()::text::bigint;\n                    END IF;\n                    RETURN NEW;\n                    ", hash='e631e1e7e97183f506e9d5d3b6982493befc5adb', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_privacy_acts_move_along_arrows_c6ce6', table='custody_privacyact', when='BEFORE')),
        ),
    ]
