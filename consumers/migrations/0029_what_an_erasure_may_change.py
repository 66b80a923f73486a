"""What an erasure may change of rows that stay as they are (R8)."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from smart360.kernel.migrations._together import ChangeTogether


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0028_states_of_supply_are_known'),
    ]

    operations = [
        ChangeTogether([
        pgtrigger.migrations.RemoveTrigger(
            model_name='holdproposal',
            name='hold_proposals_are_decided_once',
        ),
        migrations.AddField(
            model_name='consumer',
            name='erased_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='Since then nobody is behind the account: it takes no act any more (R8).', null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consumer',
            trigger=pgtrigger.compiler.Trigger(name='an_erased_account_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF OLD.erased_at IS NOT NULL THEN\n            RAISE EXCEPTION 'nobody is behind this account any more'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_erased';\n        END IF;\n        IF NEW.erased_at IS NULL THEN\n            RETURN NEW;\n        END IF;\n        IF NOT EXISTS (SELECT 1 FROM custody_privacyact a\n                        WHERE a.consumer_id = NEW.id AND a.state = 'ERASED'\n                          AND a.in_transaction = pg_current_xact_id()::text::bigint)\n           OR NEW.status <> 'INACTIVE'\n           OR EXISTS (SELECT 1 FROM cases_case c\n                       WHERE c.consumer_id = NEW.id AND c.ended_at IS NULL)\n           OR EXISTS (SELECT 1 FROM consumers_serviceconnection s\n                       WHERE s.consumer_id = NEW.id AND s.supply_state = 'CONNECTED')\n           OR EXISTS (SELECT 1 FROM billing_ledgeraccount l\n                       WHERE l.consumer_id = NEW.id AND l.balance <> 0)\n        THEN\n            RAISE EXCEPTION 'an account is erased when all is settled, by two people'\n                USING ERRCODE = 'check_violation',\n                      CONSTRAINT = 'an_account_is_erased_by_two_people';\n        END IF;\n        RETURN NEW;\n        ", hash='e015c13e3d98ec24c66f8afaa294857b27dc77c7', operation='UPDATE', pgid='pgtrigger_an_erased_account_stays_21003', table='consumers_consumer', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='holdproposal',
            trigger=pgtrigger.compiler.Trigger(name='hold_proposals_are_decided_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND coalesce(current_setting('smart360.erasing', true), '')\n                                            <> '' THEN\n                        IF smart360_erases(OLD.consumer_id, to_jsonb(OLD), to_jsonb(NEW),\n                                           ARRAY['note', 'decision']) THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n    \n                    IF TG_OP = 'INSERT' THEN\n                        IF NEW.state = 'PROPOSED' THEN\n                            RETURN NEW;\n                        END IF;\n                    ELSIF TG_OP = 'UPDATE' AND OLD.state = 'PROPOSED' THEN\n                        -- Accepted, its hold is what was proposed, placed by who decided.\n                        IF to_jsonb(NEW) - ARRAY['state', 'decided_at', 'decided_by_id', 'decision',\n                                                 'hold_id']\n                           = to_jsonb(OLD) - ARRAY['state', 'decided_at', 'decided_by_id',\n                                                   'decision', 'hold_id']\n                           AND (NEW.state <> 'ACCEPTED' OR EXISTS (\n                                SELECT 1 FROM consumers_accounthold h\n                                 WHERE h.id = NEW.hold_id\n                                   AND (h.consumer_id, h.kind, h.source, h.from_on, h.placed_by_id)\n                                     = (NEW.consumer_id, NEW.kind, NEW.source, NEW.from_on,\n                                        NEW.decided_by_id)\n                                   AND (h.to_on, h.amount)\n                                       IS NOT DISTINCT FROM (NEW.to_on, NEW.amount)))\n                        THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'a proposed hold is decided once, and stays as it was decided'\n                        USING ERRCODE = 'check_violation',\n                              CONSTRAINT = 'hold_proposals_are_decided_once';\n                    ", hash='32cd37a856d2010a5a1be8fd3e1803e15441d083', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_hold_proposals_are_decided_once_126fb', table='consumers_holdproposal', when='BEFORE')),
        ),
        ]),
    ]
