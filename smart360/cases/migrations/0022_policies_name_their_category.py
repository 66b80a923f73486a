"""A policy may stand for the complaints of one category."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0021_pause_of_what_is_reopened'),
        ('complaints', '0003_drafts_and_their_files'),
        ('organisation', '0003_the_utility'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='slapolicy',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='slapolicy',
            name='update_update',
        ),
        migrations.RemoveConstraint(
            model_name='slapolicy',
            name='one_sla_policy_in_force_for_each_case',
        ),
        migrations.AddField(
            model_name='slapolicy',
            name='topic',
            field=models.ForeignKey(blank=True, help_text='Only for complaints of this category. Empty: every category.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='complaints.complaintcategory', to_field='code', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='slapolicyevent',
            name='topic',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='Only for complaints of this category. Empty: every category.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='complaints.complaintcategory', to_field='code', verbose_name='category'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='slapolicy',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "cases_slapolicyevent" ("acknowledgement_minutes", "calendar_id", "for_vip", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "replaced_at", "resolution_minutes", "response_minutes", "topic_id", "valid_from", "warn_percent") VALUES (NEW."acknowledgement_minutes", NEW."calendar_id", NEW."for_vip", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."priority", NEW."replaced_at", NEW."resolution_minutes", NEW."response_minutes", NEW."topic_id", NEW."valid_from", NEW."warn_percent"); RETURN NULL;', hash='d874a69dba226eb98a7583a08558d2c31782a7ff', operation='INSERT', pgid='pgtrigger_insert_insert_4fe93', table='cases_slapolicy', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='slapolicy',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "cases_slapolicyevent" ("acknowledgement_minutes", "calendar_id", "for_vip", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "replaced_at", "resolution_minutes", "response_minutes", "topic_id", "valid_from", "warn_percent") VALUES (NEW."acknowledgement_minutes", NEW."calendar_id", NEW."for_vip", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."priority", NEW."replaced_at", NEW."resolution_minutes", NEW."response_minutes", NEW."topic_id", NEW."valid_from", NEW."warn_percent"); RETURN NULL;', hash='c3cc020ed274d6be7388111c9a5100681bc40285', operation='UPDATE', pgid='pgtrigger_update_update_445d8', table='cases_slapolicy', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='slapolicy',
            constraint=models.UniqueConstraint(condition=models.Q(('replaced_at__isnull', True)), fields=('kind', 'priority', 'topic', 'for_vip'), name='one_sla_policy_in_force_for_each_case', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='slapolicy',
            constraint=models.CheckConstraint(condition=models.Q(('topic__isnull', True), ('kind', 'COMPLAINT'), _connector='OR'), name='only_complaints_have_topics'),
        ),
    ]
