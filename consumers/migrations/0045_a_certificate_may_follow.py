"""The certificate of a proposed protection may follow, until it is accepted."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0044_listed_without_the_table'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='holdproposal',
            name='hold_proposals_are_decided_once',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='holdproposal',
            trigger=pgtrigger.compiler.Trigger(name='hold_proposals_are_decided_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND coalesce(current_setting('smart360.erasing', true), '')\n                                            <> '' THEN\n                        IF smart360_erases(OLD.consumer_id, to_jsonb(OLD), to_jsonb(NEW),\n                                           ARRAY['note', 'decision']) THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n    \n                    IF TG_OP = 'INSERT' THEN\n                        IF NEW.state = 'PROPOSED' THEN\n                            RETURN NEW;\n                        END IF;\n                    ELSIF TG_OP = 'UPDATE' AND OLD.state = 'PROPOSED' THEN\n                        -- Accepted, its hold is what was proposed, placed by who decided; a\n                        -- certificate that was to follow has come by then.\n                        IF to_jsonb(NEW) - ARRAY['state', 'decided_at', 'decided_by_id', 'decision',\n                                                 'hold_id', 'certificate_id']\n                           = to_jsonb(OLD) - ARRAY['state', 'decided_at', 'decided_by_id',\n                                                   'decision', 'hold_id', 'certificate_id']\n                           AND (NEW.certificate_id IS NOT DISTINCT FROM OLD.certificate_id\n                                OR OLD.certificate_id IS NULL AND NEW.state = 'ACCEPTED')\n                           AND (NEW.state <> 'ACCEPTED' OR EXISTS (\n                                SELECT 1 FROM consumers_accounthold h\n                                 WHERE h.id = NEW.hold_id\n                                   AND (h.consumer_id, h.kind, h.source, h.from_on, h.placed_by_id)\n                                     = (NEW.consumer_id, NEW.kind, NEW.source, NEW.from_on,\n                                        NEW.decided_by_id)\n                                   AND (h.to_on, h.amount, h.protection_id, h.certificate_id)\n                                       IS NOT DISTINCT FROM (NEW.to_on, NEW.amount,\n                                           NEW.protection_id, NEW.certificate_id)))\n                        THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'a proposed hold is decided once, and stays as it was decided'\n                        USING ERRCODE = 'check_violation',\n                              CONSTRAINT = 'hold_proposals_are_decided_once';\n                    ", hash='833b8d8d492e463e1632dea7663b1df66584f0c2', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_hold_proposals_are_decided_once_126fb', table='consumers_holdproposal', when='BEFORE')),
        ),
    ]
