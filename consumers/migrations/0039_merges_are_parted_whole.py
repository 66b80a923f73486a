"""No account opens merged, and none is parted without its balance."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0038_merged_accounts_are_found'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='accountmerge',
            name='a_merge_is_whole',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='accountmerge',
            trigger=pgtrigger.compiler.Trigger(name='a_merge_is_whole', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n                    -- Asked at the commit: all that the link says, and nothing that it would lose.\n                    IF NOT EXISTS (\n                        SELECT 1 FROM consumers_accountmerge m\n                          JOIN consumers_consumer c ON c.id = m.merged_id\n                         WHERE m.id = NEW.id\n                           AND CASE WHEN m.undone_at IS NULL\n                               THEN c.merged_into_id = m.survivor_id\n                               ELSE c.merged_into_id IS DISTINCT FROM m.survivor_id\n                                    OR EXISTS (SELECT 1 FROM consumers_accountmerge later\n                                                WHERE later.merged_id = m.merged_id\n                                                  AND later.undone_at IS NULL) END)\n                       OR EXISTS (\n                        SELECT 1 FROM consumers_accountmerge m\n                         WHERE m.id = NEW.id AND m.undone_at IS NULL AND (EXISTS (\n                               SELECT 1 FROM billing_ledgeraccount l\n                                WHERE l.consumer_id = m.merged_id AND l.balance <> 0)\n                           OR EXISTS (\n                               SELECT 1 FROM consumers_serviceconnection s\n                                WHERE s.consumer_id = m.merged_id\n                                  AND s.supply_state IN ('CONNECTED', 'OFF_FOR_NOW'))\n                           OR EXISTS (\n                               SELECT 1 FROM consumers_accounthold h\n                                WHERE h.consumer_id = m.merged_id AND h.lifted_at IS NULL\n                                  AND (h.to_on IS NULL OR h.to_on >= (\n                                       SELECT (m.made_at AT TIME ZONE u.time_zone)::date\n                                         FROM organisation_utility u WHERE u.id = 1)))\n                           OR EXISTS (\n                               SELECT 1 FROM cases_case k\n                                WHERE k.consumer_id = m.merged_id AND k.ended_at IS NULL)))\n                       OR EXISTS (\n                        SELECT 1 FROM consumers_accountmerge m\n                          JOIN billing_balancetransfer x ON x.merge_id = m.id\n                         WHERE m.id = NEW.id AND m.undone_at IS NOT NULL\n                           AND 2 <> (SELECT count(*) FROM billing_ledgertransaction r\n                                      WHERE r.reverses_id IN (x.posting_out_id, x.posting_in_id)))\n                    THEN\n                        RAISE EXCEPTION 'two accounts were merged, or parted, by half'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_merge_is_whole';\n                    END IF;\n                    RETURN NULL;\n                    ", hash='3c68a6cee489c676ca9b4142a47926dad413b659', operation='INSERT OR UPDATE', pgid='pgtrigger_a_merge_is_whole_249b5', table='consumers_accountmerge', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consumer',
            trigger=pgtrigger.compiler.Trigger(name='an_account_opens_unmerged', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.merged_into_id IS NOT NULL)', func="\n        RAISE EXCEPTION 'an account is merged, and parted again, by its link alone'\n            USING ERRCODE = 'check_violation',\n                  CONSTRAINT = 'an_account_is_merged_by_its_link';\n        ", hash='a902eb25476638bc0faa922eccdf2e4fdf070826', operation='INSERT', pgid='pgtrigger_an_account_opens_unmerged_80c8b', table='consumers_consumer', when='BEFORE')),
        ),
    ]
