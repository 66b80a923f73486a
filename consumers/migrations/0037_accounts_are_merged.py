"""One account may end in another: the link, and what guards an account that ended so."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0036_moves_and_erasures_are_whole'),
        ('trail', '0024_what_an_erasure_may_change'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountMerge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status_before', models.CharField(choices=[('ACTIVE', 'Active'), ('INACTIVE', 'Inactive'), ('PENDING', 'Pending'), ('DISCONNECTED', 'Disconnected'), ('COLLECTION', 'Collection')], help_text='Of the merged account; an undo returns it.', max_length=15)),
                ('made_at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('in_transaction', models.BigIntegerField(default=0, editable=False)),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='consumer',
            name='an_account_comes_back_by_execution',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='consumer',
            name='an_account_ends_by_execution',
        ),
        migrations.AddField(
            model_name='consumer',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, help_text='The account that goes on instead; this one takes no act meanwhile.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_accounts', to='consumers.consumer'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='accounthold',
            trigger=pgtrigger.compiler.Trigger(name='nothing_begins_for_a_merged_account', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF EXISTS (SELECT 1 FROM consumers_consumer c\n                        WHERE c.id = NEW.consumer_id AND c.merged_into_id IS NOT NULL)\n            THEN\n                RAISE EXCEPTION 'this account was merged into another one'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n            END IF;\n            RETURN NEW;\n            ", hash='442ed056916806283b89ef3fbfc53b663f0ce548', operation='INSERT', pgid='pgtrigger_nothing_begins_for_a_merged_account_a3360', table='consumers_accounthold', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consumer',
            trigger=pgtrigger.compiler.Trigger(name='a_merged_account_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.merged_into_id IS NOT NULL OR NEW.merged_into_id IS NOT NULL)', func="\n        IF NEW.merged_into_id IS NOT DISTINCT FROM OLD.merged_into_id THEN\n            -- Its person may still be erased; the trigger of that asks for two people.\n            IF OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION 'this account was merged into another one'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n        END IF;\n        IF to_jsonb(NEW) - ARRAY['merged_into_id', 'status']\n           IS DISTINCT FROM to_jsonb(OLD) - ARRAY['merged_into_id', 'status']\n           OR NOT EXISTS (\n               SELECT 1 FROM consumers_accountmerge m\n                WHERE m.merged_id = NEW.id\n                  AND m.in_transaction = pg_current_xact_id()::text::bigint\n                  AND CASE WHEN OLD.merged_into_id IS NULL\n                      THEN m.undone_at IS NULL AND m.survivor_id = NEW.merged_into_id\n                           AND m.status_before = OLD.status AND NEW.status = 'INACTIVE'\n                      ELSE m.undone_at IS NOT NULL AND m.survivor_id = OLD.merged_into_id\n                           AND NEW.merged_into_id IS NULL AND NEW.status = m.status_before END)\n        THEN\n            RAISE EXCEPTION 'an account is merged, and parted again, by its link alone'\n                USING ERRCODE = 'check_violation',\n                      CONSTRAINT = 'an_account_is_merged_by_its_link';\n        END IF;\n        RETURN NEW;\n        ", hash='d99bcf8ea1544cabbe35009cf3664f6ee45f9e7d', operation='UPDATE', pgid='pgtrigger_a_merged_account_stays_727e2', table='consumers_consumer', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consumer',
            trigger=pgtrigger.compiler.Trigger(name='an_account_ends_by_execution', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF NEW.status IN ('INACTIVE', 'DISCONNECTED') AND NEW.status <> OLD.status\n           -- Its own trigger looks at an account that is merged now, or parted again.\n           AND (NEW.merged_into_id IS NULL OR OLD.merged_into_id IS NOT NULL)\n           AND NOT EXISTS (\n               SELECT 1 FROM disconnections_execution x\n                 JOIN cases_case c ON c.id = x.request_id\n                WHERE c.consumer_id = NEW.id\n                  AND x.in_transaction = pg_current_xact_id()::text::bigint)\n           -- Who moved out, now or while a collector had the account, is supplied\n           -- nowhere any more.\n           AND (NEW.status <> 'INACTIVE'\n                OR EXISTS (\n                   SELECT 1 FROM consumers_serviceconnection s\n                    WHERE s.consumer_id = NEW.id AND s.supply_state = 'CONNECTED')\n                OR NOT EXISTS (\n                   SELECT 1 FROM consumers_occupancychange o\n                    WHERE o.moved_out_id = NEW.id\n                      AND (o.in_transaction = pg_current_xact_id()::text::bigint\n                           OR OLD.status = 'COLLECTION' AND EXISTS (\n                              SELECT 1 FROM consumers_collectionmove m\n                               WHERE m.consumer_id = NEW.id AND m.is_back\n                                 AND m.in_transaction\n                                     = pg_current_xact_id()::text::bigint))))\n        THEN\n            RAISE EXCEPTION 'an account ends when its disconnection is carried out'\n                USING ERRCODE = 'check_violation',\n                      CONSTRAINT = 'an_account_ends_by_execution';\n        END IF;\n        RETURN NEW;\n        ", hash='d4987469739f548302e39e636ea6dcfc8993bee4', operation='UPDATE OF "status"', pgid='pgtrigger_an_account_ends_by_execution_d164a', table='consumers_consumer', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consumer',
            trigger=pgtrigger.compiler.Trigger(name='an_account_comes_back_by_execution', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF OLD.status IN ('INACTIVE', 'DISCONNECTED')\n           AND NEW.status NOT IN ('INACTIVE', 'DISCONNECTED')\n           AND (OLD.merged_into_id IS NULL OR NEW.merged_into_id IS NOT NULL)\n           AND NOT EXISTS (\n               SELECT 1 FROM disconnections_execution x\n                 JOIN cases_case c ON c.id = x.request_id\n                WHERE c.consumer_id = NEW.id AND c.kind = 'RECONNECTION'\n                  AND x.in_transaction = pg_current_xact_id()::text::bigint)\n           AND (OLD.status <> 'INACTIVE' OR NOT EXISTS (\n               SELECT 1 FROM consumers_occupancychange o WHERE o.moved_in_id = NEW.id\n                  AND o.in_transaction = pg_current_xact_id()::text::bigint))\n        THEN\n            RAISE EXCEPTION 'an account comes back when it is reconnected'\n                USING ERRCODE = 'check_violation',\n                      CONSTRAINT = 'an_account_comes_back_by_execution';\n        END IF;\n        RETURN NEW;\n        ", hash='c8c9149e9d566aae771411cdfc9b187e6e39fb56', operation='UPDATE OF "status"', pgid='pgtrigger_an_account_comes_back_by_execution_9ea2c', table='consumers_consumer', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consumerdocument',
            trigger=pgtrigger.compiler.Trigger(name='nothing_begins_for_a_merged_account', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF EXISTS (SELECT 1 FROM consumers_consumer c\n                        WHERE c.id = NEW.consumer_id AND c.merged_into_id IS NOT NULL)\n            THEN\n                RAISE EXCEPTION 'this account was merged into another one'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n            END IF;\n            RETURN NEW;\n            ", hash='2ff58fae4d896740ef2bfe7dccc56c0ee0d26bb2', operation='INSERT', pgid='pgtrigger_nothing_begins_for_a_merged_account_43e51', table='consumers_consumerdocument', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consumernote',
            trigger=pgtrigger.compiler.Trigger(name='nothing_begins_for_a_merged_account', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF EXISTS (SELECT 1 FROM consumers_consumer c\n                        WHERE c.id = NEW.consumer_id AND c.merged_into_id IS NOT NULL)\n            THEN\n                RAISE EXCEPTION 'this account was merged into another one'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n            END IF;\n            RETURN NEW;\n            ", hash='c91b0cfa3852a37ee5ff0398bbd9c8594729f631', operation='INSERT', pgid='pgtrigger_nothing_begins_for_a_merged_account_5c162', table='consumers_consumernote', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='holdproposal',
            trigger=pgtrigger.compiler.Trigger(name='nothing_begins_for_a_merged_account', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF EXISTS (SELECT 1 FROM consumers_consumer c\n                        WHERE c.id = NEW.consumer_id AND c.merged_into_id IS NOT NULL)\n            THEN\n                RAISE EXCEPTION 'this account was merged into another one'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n            END IF;\n            RETURN NEW;\n            ", hash='02500e6db771bf09f9b82505a606d4b5ec9360b6', operation='INSERT', pgid='pgtrigger_nothing_begins_for_a_merged_account_30c31', table='consumers_holdproposal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='serviceconnection',
            trigger=pgtrigger.compiler.Trigger(name='nothing_begins_for_a_merged_account', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF EXISTS (SELECT 1 FROM consumers_consumer c\n                        WHERE c.id = NEW.consumer_id AND c.merged_into_id IS NOT NULL)\n            THEN\n                RAISE EXCEPTION 'this account was merged into another one'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n            END IF;\n            RETURN NEW;\n            ", hash='0083926f08ee4ece9c8a38fa499691136a08b3e9', operation='INSERT', pgid='pgtrigger_nothing_begins_for_a_merged_account_4ecb8', table='consumers_serviceconnection', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='accountmerge',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='accountmerge',
            name='merged',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='consumers.consumer'),
        ),
        migrations.AddField(
            model_name='accountmerge',
            name='reason',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trail.personaltext'),
        ),
        migrations.AddField(
            model_name='accountmerge',
            name='survivor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges_into', to='consumers.consumer'),
        ),
        migrations.AddField(
            model_name='accountmerge',
            name='undo_reason',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trail.personaltext'),
        ),
        migrations.AddField(
            model_name='accountmerge',
            name='undone_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='accountmerge',
            constraint=models.CheckConstraint(condition=models.Q(('merged', models.F('survivor')), _negated=True), name='nobody_is_merged_into_themselves'),
        ),
        migrations.AddConstraint(
            model_name='accountmerge',
            constraint=models.CheckConstraint(condition=models.Q(('status_before__in', ('PENDING', 'ACTIVE', 'INACTIVE'))), name='only_some_accounts_are_merged'),
        ),
        migrations.AddConstraint(
            model_name='accountmerge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('undo_reason', None), ('undone_at', None), ('undone_by', None)), models.Q(('undo_reason__isnull', False), ('undone_at__isnull', False), ('undone_by__isnull', False)), _connector='OR'), name='an_undone_merge_says_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='accountmerge',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('merged',), name='an_account_is_merged_once_at_a_time'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='accountmerge',
            trigger=pgtrigger.compiler.Trigger(name='merges_are_in_order', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE acts bigint; may_change text[];', func="\n                    IF TG_OP = 'DELETE' THEN\n                        RAISE EXCEPTION 'a merge is undone, never deleted'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'merges_stay';\n                    END IF;\n                    IF TG_OP = 'UPDATE' THEN\n                        may_change := ARRAY['undone_at', 'undone_by_id', 'undo_reason_id',\n                                            'in_transaction'];\n                        IF OLD.undone_at IS NOT NULL OR NEW.undone_at IS NULL\n                           OR to_jsonb(NEW) - may_change IS DISTINCT FROM to_jsonb(OLD) - may_change\n                        THEN\n                            RAISE EXCEPTION 'a merge is undone once, and stays as it was'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'merges_are_undone_once';\n                        END IF;\n                        acts := NEW.undone_by_id;\n                    ELSE\n                        IF NEW.undone_at IS NOT NULL THEN\n                            RAISE EXCEPTION 'a merge is made before it is undone'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'merges_are_undone_once';\n                        END IF;\n                        acts := NEW.made_by_id;\n                    END IF;\n                    NEW.in_transaction := pg_current_xact_id()::text::bigint;\n                    -- Whoever else merges one of the two at this moment waits here.\n                    PERFORM 1 FROM consumers_consumer c\n                      WHERE c.id IN (NEW.merged_id, NEW.survivor_id)\n                      ORDER BY c.id FOR NO KEY UPDATE;\n                    IF TG_OP = 'INSERT' AND (EXISTS (\n                        SELECT 1 FROM consumers_accountmerge m\n                         WHERE m.undone_at IS NULL\n                           AND (m.survivor_id = NEW.merged_id OR m.merged_id = NEW.survivor_id))\n                       OR EXISTS (\n                        SELECT 1 FROM consumers_consumer c\n                         WHERE c.id IN (NEW.merged_id, NEW.survivor_id)\n                           AND (c.erased_at IS NOT NULL\n                                OR c.id = NEW.survivor_id AND c.archived_at IS NOT NULL)))\n                    THEN\n                        RAISE EXCEPTION 'a merge leads to an account that goes on'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_merge_leads_to_who_goes_on';\n                    END IF;\n                    IF NOT EXISTS (\n                        SELECT 1 FROM staff_rolemembership r JOIN auth_group g ON g.id = r.group_id\n                         WHERE r.person_id = acts\n                           AND g.name IN ('SUPERVISOR'))\n                    THEN\n                        RAISE EXCEPTION 'the role of who merges is not one that may'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'who_merges_may_merge';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='b331230100d5fa1a9465acb1b92917c3521d7388', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_merges_are_in_order_c555f', table='consumers_accountmerge', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='accountmerge',
            trigger=pgtrigger.compiler.Trigger(name='a_merge_is_whole', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n                    -- Asked at the commit: all that the link says, and nothing that it would lose.\n                    IF NOT EXISTS (\n                        SELECT 1 FROM consumers_accountmerge m\n                          JOIN consumers_consumer c ON c.id = m.merged_id\n                         WHERE m.id = NEW.id\n                           AND CASE WHEN m.undone_at IS NULL\n                               THEN c.merged_into_id = m.survivor_id\n                               ELSE c.merged_into_id IS DISTINCT FROM m.survivor_id\n                                    OR EXISTS (SELECT 1 FROM consumers_accountmerge later\n                                                WHERE later.merged_id = m.merged_id\n                                                  AND later.undone_at IS NULL) END)\n                       OR EXISTS (\n                        SELECT 1 FROM consumers_accountmerge m\n                         WHERE m.id = NEW.id AND m.undone_at IS NULL AND (EXISTS (\n                               SELECT 1 FROM billing_ledgeraccount l\n                                WHERE l.consumer_id = m.merged_id AND l.balance <> 0)\n                           OR EXISTS (\n                               SELECT 1 FROM consumers_serviceconnection s\n                                WHERE s.consumer_id = m.merged_id\n                                  AND s.supply_state IN ('CONNECTED', 'OFF_FOR_NOW'))\n                           OR EXISTS (\n                               SELECT 1 FROM consumers_accounthold h\n                                WHERE h.consumer_id = m.merged_id AND h.lifted_at IS NULL\n                                  AND (h.to_on IS NULL OR h.to_on >= (\n                                       SELECT (m.made_at AT TIME ZONE u.time_zone)::date\n                                         FROM organisation_utility u WHERE u.id = 1)))\n                           OR EXISTS (\n                               SELECT 1 FROM cases_case k\n                                WHERE k.consumer_id = m.merged_id AND k.ended_at IS NULL)))\n                    THEN\n                        RAISE EXCEPTION 'two accounts were merged, or parted, by half'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_merge_is_whole';\n                    END IF;\n                    RETURN NULL;\n                    ", hash='53254b703bc8d52817785bfb20b46400b7896889', operation='INSERT OR UPDATE', pgid='pgtrigger_a_merge_is_whole_249b5', table='consumers_accountmerge', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
    ]
