"""The register of protected consumers: its kinds, and what makes a hold an entry of it."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from smart360.kernel.migrations._together import ChangeTogether, CreateTogether


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0033_one_collection_policy'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether([
        migrations.CreateModel(
            name='ProtectionKind',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('hold_kind', models.CharField(choices=[('MEDICAL', 'Medical certificate'), ('LEGAL', 'Legal matter'), ('DECEASED', 'Deceased')], default='MEDICAL', help_text='How the rules of protection read an entry of this kind.', max_length=15)),
                ('needs_certificate', models.BooleanField(default=True, help_text='No entry without a certificate among the documents.')),
                ('is_active', models.BooleanField(default=True, help_text='Retire a kind; never delete it.')),
            ],
        ),
        migrations.CreateModel(
            name='ProtectionKindEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=60)),
                ('hold_kind', models.CharField(choices=[('MEDICAL', 'Medical certificate'), ('LEGAL', 'Legal matter'), ('DECEASED', 'Deceased')], default='MEDICAL', help_text='How the rules of protection read an entry of this kind.', max_length=15)),
                ('needs_certificate', models.BooleanField(default=True, help_text='No entry without a certificate among the documents.')),
                ('is_active', models.BooleanField(default=True, help_text='Retire a kind; never delete it.')),
            ],
            options={
                'abstract': False,
            },
        ),
        ]),
        ChangeTogether([
        pgtrigger.migrations.RemoveTrigger(
            model_name='accounthold',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='accounthold',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='accounthold',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='holdproposal',
            name='hold_proposals_are_decided_once',
        ),
        migrations.AddField(
            model_name='accounthold',
            name='certificate',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.consumerdocument'),
        ),
        migrations.AddField(
            model_name='accounthold',
            name='reminded_at',
            field=models.DateTimeField(blank=True, help_text='When somebody was told that it ends soon.', null=True),
        ),
        migrations.AddField(
            model_name='accountholdevent',
            name='certificate',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='consumers.consumerdocument'),
        ),
        migrations.AddField(
            model_name='accountholdevent',
            name='reminded_at',
            field=models.DateTimeField(blank=True, help_text='When somebody was told that it ends soon.', null=True),
        ),
        migrations.AddField(
            model_name='holdproposal',
            name='certificate',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.consumerdocument'),
        ),
        migrations.AddField(
            model_name='accounthold',
            name='protection',
            field=models.ForeignKey(blank=True, help_text='An entry of the register of protected consumers: of which kind.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.protectionkind'),
        ),
        migrations.AddField(
            model_name='accountholdevent',
            name='protection',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='An entry of the register of protected consumers: of which kind.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='consumers.protectionkind'),
        ),
        migrations.AddField(
            model_name='holdproposal',
            name='protection',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.protectionkind'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='accounthold',
            trigger=pgtrigger.compiler.Trigger(name='an_entry_rests_on_its_own_certificate', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."protection_id" IS NOT NULL)', func="\n                    IF NOT EXISTS (SELECT 1 FROM consumers_protectionkind k\n                                    WHERE k.id = NEW.protection_id AND k.hold_kind = NEW.kind\n                                      AND (NEW.certificate_id IS NOT NULL\n                                           OR NOT k.needs_certificate))\n                       OR (NEW.certificate_id IS NOT NULL AND NOT EXISTS (\n                           SELECT 1 FROM consumers_consumerdocument d\n                            WHERE d.id = NEW.certificate_id AND d.kind = 'CERTIFICATE'\n                              AND d.consumer_id = NEW.consumer_id)) THEN\n                        RAISE EXCEPTION 'an entry of the register rests on a certificate of its own'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'an_entry_rests_on_its_own_certificate';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='13f0da57e210770a4833d74f65a612f6ccd05b1c', operation='INSERT OR UPDATE', pgid='pgtrigger_an_entry_rests_on_its_own_certificate_18376', table='consumers_accounthold', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='accounthold',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consumers_accountholdevent" ("amount", "certificate_id", "consumer_id", "from_on", "id", "kind", "lifted_at", "lifted_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placed_at", "placed_by_id", "protection_id", "reminded_at", "source", "to_on") VALUES (NEW."amount", NEW."certificate_id", NEW."consumer_id", NEW."from_on", NEW."id", NEW."kind", NEW."lifted_at", NEW."lifted_by_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."placed_at", NEW."placed_by_id", NEW."protection_id", NEW."reminded_at", NEW."source", NEW."to_on"); RETURN NULL;', hash='b5085691f36b5ea2c3922a5ad66f66f2ccacbd31', operation='INSERT', pgid='pgtrigger_insert_insert_ab0e0', table='consumers_accounthold', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='accounthold',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "consumers_accountholdevent" ("amount", "certificate_id", "consumer_id", "from_on", "id", "kind", "lifted_at", "lifted_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placed_at", "placed_by_id", "protection_id", "reminded_at", "source", "to_on") VALUES (NEW."amount", NEW."certificate_id", NEW."consumer_id", NEW."from_on", NEW."id", NEW."kind", NEW."lifted_at", NEW."lifted_by_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."placed_at", NEW."placed_by_id", NEW."protection_id", NEW."reminded_at", NEW."source", NEW."to_on"); RETURN NULL;', hash='a8d2e903ccae00db61e019a993628f34106ded87', operation='UPDATE', pgid='pgtrigger_update_update_94a0c', table='consumers_accounthold', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='accounthold',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consumers_accountholdevent" ("amount", "certificate_id", "consumer_id", "from_on", "id", "kind", "lifted_at", "lifted_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placed_at", "placed_by_id", "protection_id", "reminded_at", "source", "to_on") VALUES (OLD."amount", OLD."certificate_id", OLD."consumer_id", OLD."from_on", OLD."id", OLD."kind", OLD."lifted_at", OLD."lifted_by_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."placed_at", OLD."placed_by_id", OLD."protection_id", OLD."reminded_at", OLD."source", OLD."to_on"); RETURN NULL;', hash='8de54c896e0bb989d463dfe22889242db46ce3d1', operation='DELETE', pgid='pgtrigger_delete_delete_c8fd5', table='consumers_accounthold', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='holdproposal',
            trigger=pgtrigger.compiler.Trigger(name='hold_proposals_are_decided_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND coalesce(current_setting('smart360.erasing', true), '')\n                                            <> '' THEN\n                        IF smart360_erases(OLD.consumer_id, to_jsonb(OLD), to_jsonb(NEW),\n                                           ARRAY['note', 'decision']) THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n    \n                    IF TG_OP = 'INSERT' THEN\n                        IF NEW.state = 'PROPOSED' THEN\n                            RETURN NEW;\n                        END IF;\n                    ELSIF TG_OP = 'UPDATE' AND OLD.state = 'PROPOSED' THEN\n                        -- Accepted, its hold is what was proposed, placed by who decided.\n                        IF to_jsonb(NEW) - ARRAY['state', 'decided_at', 'decided_by_id', 'decision',\n                                                 'hold_id']\n                           = to_jsonb(OLD) - ARRAY['state', 'decided_at', 'decided_by_id',\n                                                   'decision', 'hold_id']\n                           AND (NEW.state <> 'ACCEPTED' OR EXISTS (\n                                SELECT 1 FROM consumers_accounthold h\n                                 WHERE h.id = NEW.hold_id\n                                   AND (h.consumer_id, h.kind, h.source, h.from_on, h.placed_by_id)\n                                     = (NEW.consumer_id, NEW.kind, NEW.source, NEW.from_on,\n                                        NEW.decided_by_id)\n                                   AND (h.to_on, h.amount, h.protection_id, h.certificate_id)\n                                       IS NOT DISTINCT FROM (NEW.to_on, NEW.amount,\n                                           NEW.protection_id, NEW.certificate_id)))\n                        THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'a proposed hold is decided once, and stays as it was decided'\n                        USING ERRCODE = 'check_violation',\n                              CONSTRAINT = 'hold_proposals_are_decided_once';\n                    ", hash='97daa96b29b2d074c3b83448831fbce94e66ce76', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_hold_proposals_are_decided_once_126fb', table='consumers_holdproposal', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='protectionkind',
            constraint=models.UniqueConstraint(fields=('name',), name='a_protection_kind_has_a_name_of_its_own'),
        ),
        migrations.AddConstraint(
            model_name='protectionkind',
            constraint=models.CheckConstraint(condition=models.Q(('hold_kind__in', ('MEDICAL', 'LEGAL', 'DECEASED'))), name='a_protection_kind_is_registrable'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='protectionkind',
            trigger=pgtrigger.compiler.Trigger(name='a_protection_kind_stays_what_it_is', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."hold_kind" IS DISTINCT FROM (NEW."hold_kind"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='4c622b37fd1369bb517c060937e60171ca757745', operation='UPDATE', pgid='pgtrigger_a_protection_kind_stays_what_it_is_39ae1', table='consumers_protectionkind', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='protectionkind',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consumers_protectionkindevent" ("hold_kind", "id", "is_active", "name", "needs_certificate", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."hold_kind", NEW."id", NEW."is_active", NEW."name", NEW."needs_certificate", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='52fe330e907f9f1500fd5a5b36ecf6ee441b074a', operation='INSERT', pgid='pgtrigger_insert_insert_cd429', table='consumers_protectionkind', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='protectionkind',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "consumers_protectionkindevent" ("hold_kind", "id", "is_active", "name", "needs_certificate", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."hold_kind", NEW."id", NEW."is_active", NEW."name", NEW."needs_certificate", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='d1cca2f45ba8bb92ff046d5153b5d76068d5a719', operation='UPDATE', pgid='pgtrigger_update_update_c9eaa', table='consumers_protectionkind', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='accounthold',
            index=models.Index(condition=models.Q(('protection__isnull', False)), fields=['to_on', 'id'], name='protection_by_end'),
        ),
        ]),
        AddConstraintNotValid(
            model_name='accounthold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('certificate__isnull', True), ('protection__isnull', True)), models.Q(('protection__isnull', False), ('to_on__isnull', False)), _connector='OR'), name='an_entry_of_the_register_has_an_end'),
        ),
        ChangeTogether([
        migrations.AddField(
            model_name='protectionkindevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='protectionkindevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='consumers.protectionkind'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='protectionkindevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8e70820dfa89fa1f736a264eca97ceaf3706a2bd', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_072fc', table='consumers_protectionkindevent', when='BEFORE')),
        ),
        ]),
    ]
