"""Requests to disconnect and to reconnect, what protects from them, and runs."""

import disconnections.models.protections
import disconnections.models.slots
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from smart360.kernel.migrations._together import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("disconnections", "0002_initial"),
        ("disconnections", "0004_places_are_held_by_capacity"),
        ("disconnections", "0005_services_are_the_consumers_own"),
        ("disconnections", "0006_booked_slots_keep_their_times"),
        ("disconnections", "0007_what_was_asked_for_stays"),
        ("disconnections", "0008_reasons_for_debt_and_wished"),
        ("disconnections", "0010_protections_are_data"),
        ("disconnections", "0011_places_follow_the_visit"),
        ("disconnections", "0012_closures_and_executions"),
        ("disconnections", "0015_reconnections"),
        ("disconnections", "0016_rules_have_what_they_need"),
        ("disconnections", "0017_a_checklist_has_a_minimum"),
        ("disconnections", "0018_non_payment_runs"),
        ("disconnections", "0019_proposals_are_prepared"),
        ("disconnections", "0020_reasons_keep_what_they_mean"),
    ]

    dependencies = [
        ("billing", "0001_tables"),
        ("cases", "0001_tables"),
        ("comms", "0001_tables"),
        ("consumers", "0002_movements_of_meters"),
        ("documents", "0001_tables"),
        ("fieldwork", "0001_tables"),
        ("kernel", "0002_number_series"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether([
            migrations.CreateModel(
                name='Reason',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('DISCONNECTION', 'Disconnection'), ('RECONNECTION', 'Reconnection')], default='DISCONNECTION', max_length=15, verbose_name='type')),
                    ('code', models.CharField(help_text='Such as NP-001.', max_length=20)),
                    ('label', models.CharField(max_length=80)),
                    ('description', models.CharField(blank=True, max_length=200)),
                    ('priority', models.CharField(choices=[('CRITICAL', 'Critical'), ('HIGH', 'High'), ('MEDIUM', 'Medium'), ('LOW', 'Low')], default='MEDIUM', max_length=10)),
                    ('permanence', models.CharField(choices=[('PERMANENT', 'Permanent'), ('TEMPORARY', 'Temporary')], default='PERMANENT', help_text='What the form offers first.', max_length=10, verbose_name='usually')),
                    ('is_active', models.BooleanField(default=True, help_text='Retire a reason; never delete it.')),
                    ('is_for_debt', models.BooleanField(default=False, help_text='Protections apply, a payment stops it, and the bill need not be paid first.', verbose_name='for non-payment')),
                    ('is_wished', models.BooleanField(default=False, help_text='Whoever serves at the desk may carry it out, once the identity is checked.', verbose_name='wished by the consumer')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('code',), name='reason_code_is_taken_once'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['DISCONNECTION', 'RECONNECTION'])), name='reason_is_for_a_request'),
                        models.CheckConstraint(condition=models.Q(('priority__in', ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'])), name='reason_priority_is_known'),
                        models.CheckConstraint(condition=models.Q(('permanence__in', ['PERMANENT', 'TEMPORARY'])), name='reason_permanence_is_known'),
                        models.CheckConstraint(condition=models.Q(('is_for_debt', True), ('is_wished', True), _negated=True), name='nobody_wishes_to_be_cut_for_debt'),
                        models.CheckConstraint(condition=models.Q(('is_for_debt', False), ('kind', 'DISCONNECTION'), _connector='OR'), name='only_a_disconnection_is_for_debt'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "disconnections_reasonevent" ("code", "description", "id", "is_active", "is_for_debt", "is_wished", "kind", "label", "permanence", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority") VALUES (NEW."code", NEW."description", NEW."id", NEW."is_active", NEW."is_for_debt", NEW."is_wished", NEW."kind", NEW."label", NEW."permanence", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."priority"); RETURN NULL;', hash='81f278f54bff4dfcab85125af3c7abb667684986', operation='INSERT', pgid='pgtrigger_insert_insert_1498b', table='disconnections_reason', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "disconnections_reasonevent" ("code", "description", "id", "is_active", "is_for_debt", "is_wished", "kind", "label", "permanence", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority") VALUES (NEW."code", NEW."description", NEW."id", NEW."is_active", NEW."is_for_debt", NEW."is_wished", NEW."kind", NEW."label", NEW."permanence", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."priority"); RETURN NULL;', hash='f3585779c7b435fa8d3490deef2ae8da60801a30', operation='UPDATE', pgid='pgtrigger_update_update_6d33a', table='disconnections_reason', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='a_reason_keeps_what_it_means', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF (NEW.kind, NEW.code, NEW.is_for_debt, NEW.is_wished)\n                       IS DISTINCT FROM (OLD.kind, OLD.code, OLD.is_for_debt, OLD.is_wished)\n                       AND EXISTS (SELECT 1 FROM disconnections_disconnectionrequest r\n                                     JOIN cases_case c ON c.id = r.case_id\n                                    WHERE r.reason_id = OLD.id AND c.ended_at IS NULL)\n                    THEN\n                        RAISE EXCEPTION 'an open request was made for this reason'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_reason_keeps_what_it_means';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='37626b587105c986c7bfa8500254fd20bd4a68df', operation='UPDATE OF "kind", "code", "is_for_debt", "is_wished"', pgid='pgtrigger_a_reason_keeps_what_it_means_a2c6a', table='disconnections_reason', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ReasonEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('kind', models.CharField(choices=[('DISCONNECTION', 'Disconnection'), ('RECONNECTION', 'Reconnection')], default='DISCONNECTION', max_length=15, verbose_name='type')),
                    ('code', models.CharField(help_text='Such as NP-001.', max_length=20)),
                    ('label', models.CharField(max_length=80)),
                    ('description', models.CharField(blank=True, max_length=200)),
                    ('priority', models.CharField(choices=[('CRITICAL', 'Critical'), ('HIGH', 'High'), ('MEDIUM', 'Medium'), ('LOW', 'Low')], default='MEDIUM', max_length=10)),
                    ('permanence', models.CharField(choices=[('PERMANENT', 'Permanent'), ('TEMPORARY', 'Temporary')], default='PERMANENT', help_text='What the form offers first.', max_length=10, verbose_name='usually')),
                    ('is_active', models.BooleanField(default=True, help_text='Retire a reason; never delete it.')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='disconnections.reason')),
                    ('is_for_debt', models.BooleanField(default=False, help_text='Protections apply, a payment stops it, and the bill need not be paid first.', verbose_name='for non-payment')),
                    ('is_wished', models.BooleanField(default=False, help_text='Whoever serves at the desk may carry it out, once the identity is checked.', verbose_name='wished by the consumer')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0318cdb6a4b505a7aa1f6d547bae336a7a28b337', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7195d', table='disconnections_reasonevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='TimeSlot',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('starts', models.TimeField()),
                    ('ends', models.TimeField()),
                    ('capacity', models.PositiveSmallIntegerField(default=4, help_text='Visits in this window a day.')),
                    ('is_active', models.BooleanField(default=True, help_text='Retire a slot; never delete it.')),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('starts__lt', models.F('ends'))), name='a_slot_starts_before_it_ends'),
                        models.CheckConstraint(condition=models.Q(('capacity__range', (1, 500))), name='a_slot_takes_1_to_500_visits'),
                        django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('is_active', True)), expressions=[(disconnections.models.slots.DayStretch(models.F('starts'), models.F('ends')), '&&')], name='slots_of_a_day_do_not_overlap'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "disconnections_timeslotevent" ("capacity", "ends", "id", "is_active", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts") VALUES (NEW."capacity", NEW."ends", NEW."id", NEW."is_active", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."starts"); RETURN NULL;', hash='cb854691aa2cec63774083837041aba8ef5bd4bf', operation='INSERT', pgid='pgtrigger_insert_insert_ad766', table='disconnections_timeslot', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "disconnections_timeslotevent" ("capacity", "ends", "id", "is_active", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts") VALUES (NEW."capacity", NEW."ends", NEW."id", NEW."is_active", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."starts"); RETURN NULL;', hash='1f99fdb20d07de06f51b2a37b2e1dd065b9ffb2c', operation='UPDATE', pgid='pgtrigger_update_update_ef2d9', table='disconnections_timeslot', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='capacity_holds_what_is_booked', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF (NEW.starts, NEW.ends) IS DISTINCT FROM (OLD.starts, OLD.ends) AND EXISTS (\n                        SELECT 1 FROM disconnections_slotday d WHERE d.slot_id = NEW.id\n                           AND d.booked > 0 AND d.day >= current_date - 1)\n                    THEN\n                        RAISE EXCEPTION 'visits are booked for the old times'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_booked_slot_keeps_its_times';\n                    END IF;\n                    IF NEW.capacity < OLD.capacity AND EXISTS (\n                        SELECT 1 FROM disconnections_slotday d WHERE d.slot_id = NEW.id\n                           AND d.booked > NEW.capacity AND d.day >= current_date - 1)\n                    THEN\n                        RAISE EXCEPTION 'more visits are booked than the new capacity'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'capacity_holds_what_is_booked';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='ccf135b6aa0f806bedce2ee67f525bd60b7bedb5', operation='UPDATE OF "capacity", "starts", "ends"', pgid='pgtrigger_capacity_holds_what_is_booked_12215', table='disconnections_timeslot', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SlotDay',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('capacity', models.PositiveSmallIntegerField()),
                    ('booked', models.PositiveSmallIntegerField(default=0)),
                    ('slot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='days', to='disconnections.timeslot')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['day'], name='slots_of_a_day'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('slot', 'day'), name='a_slot_is_counted_once_a_day'),
                        models.CheckConstraint(condition=models.Q(('booked__lte', models.F('capacity'))), name='a_slot_is_never_overbooked'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='a_place_is_one_of_the_slot', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    -- The share lock makes a capacity that is being lowered wait, or be waited for.\n                    IF TG_OP = 'UPDATE' THEN\n                        IF NEW.booked <= OLD.booked THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    IF NEW.booked > (SELECT s.capacity FROM disconnections_timeslot s\n                                      WHERE s.id = NEW.slot_id FOR SHARE)\n                    THEN\n                        RAISE EXCEPTION 'the slot has no place left'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_slot_is_never_overbooked';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='a02a1879760ef0164ac01ae7cda7f5eace037cc1', operation='INSERT OR UPDATE', pgid='pgtrigger_a_place_is_one_of_the_slot_1d406', table='disconnections_slotday', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='TimeSlotEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('starts', models.TimeField()),
                    ('ends', models.TimeField()),
                    ('capacity', models.PositiveSmallIntegerField(default=4, help_text='Visits in this window a day.')),
                    ('is_active', models.BooleanField(default=True, help_text='Retire a slot; never delete it.')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='disconnections.timeslot')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d6fe29f76b7f75b0c75655f23ff9ac47ba32368b', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_9e1b6', table='disconnections_timeslotevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='WeatherAlert',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('COLD', 'Cold'), ('HEAT', 'Heat')], max_length=10)),
                    ('area', models.CharField(blank=True, help_text='Empty: everywhere.', max_length=60)),
                    ('from_on', models.DateField(verbose_name='from')),
                    ('to_on', models.DateField(help_text='The last day.', verbose_name='to')),
                    ('source', models.CharField(help_text='Who forecast it.', max_length=120)),
                    ('is_active', models.BooleanField(default=True, help_text='Take an alert back; never delete it.')),
                ],
                options={
                    'indexes': [
                        models.Index(condition=models.Q(('is_active', True)), fields=['to_on'], name='weather_that_is_declared'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('kind__in', ['COLD', 'HEAT'])), name='weather_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(('to_on__gte', models.F('from_on'))), name='weather_ends_after_it_begins'),
                        models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='weather_has_a_source'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='weather_alerts_are_never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='26a6df15af907ac49a561ec6f4c61d18e5c5375b', operation='DELETE', pgid='pgtrigger_weather_alerts_are_never_deleted_5b12d', table='disconnections_weatheralert', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "disconnections_weatheralertevent" ("area", "from_on", "id", "is_active", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "to_on") VALUES (NEW."area", NEW."from_on", NEW."id", NEW."is_active", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."source", NEW."to_on"); RETURN NULL;', hash='46247bb18827b3b7fb44942d22a352217f71fe72', operation='INSERT', pgid='pgtrigger_insert_insert_9bd88', table='disconnections_weatheralert', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "disconnections_weatheralertevent" ("area", "from_on", "id", "is_active", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "to_on") VALUES (NEW."area", NEW."from_on", NEW."id", NEW."is_active", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."source", NEW."to_on"); RETURN NULL;', hash='d95ac9b7cf3dfd99af6b21457d4795fd05f13896', operation='UPDATE', pgid='pgtrigger_update_update_ec60c', table='disconnections_weatheralert', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='WeatherAlertEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('kind', models.CharField(choices=[('COLD', 'Cold'), ('HEAT', 'Heat')], max_length=10)),
                    ('area', models.CharField(blank=True, help_text='Empty: everywhere.', max_length=60)),
                    ('from_on', models.DateField(verbose_name='from')),
                    ('to_on', models.DateField(help_text='The last day.', verbose_name='to')),
                    ('source', models.CharField(help_text='Who forecast it.', max_length=120)),
                    ('is_active', models.BooleanField(default=True, help_text='Take an alert back; never delete it.')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='disconnections.weatheralert')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f78eb4e94939f9d1dc1ffdbd623120294c07cf48', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_3d4c3', table='disconnections_weatheralertevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='DisconnectionNotice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('way', models.CharField(choices=[('EMAIL', 'E-mail'), ('POSTED', 'Posted'), ('HANDED_OVER', 'Handed over')], max_length=15)),
                    ('served_on', models.DateField()),
                    ('served_at', models.DateTimeField(help_text='When it was recorded.')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disconnection_notices', to='cases.case')),
                    ('message', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='comms.message')),
                    ('served_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('way__in', ['EMAIL', 'POSTED', 'HANDED_OVER'])), name='notice_way_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('message__isnull', False), ('way', 'EMAIL')), models.Q(models.Q(('way', 'EMAIL'), _negated=True), ('message__isnull', True)), _connector='OR'), name='a_notice_by_email_has_its_message'),
                        models.UniqueConstraint(fields=('case', 'way', 'served_on'), name='a_notice_is_served_once_a_day'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='notices_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e8f174a790a70229ce7e8befd228250c554add85', operation='UPDATE OR DELETE', pgid='pgtrigger_notices_stay_d66e8', table='disconnections_disconnectionnotice', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='a_notice_is_not_of_the_future', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NEW.served_on > (least(NEW.served_at, clock_timestamp() + interval '5 seconds')\n                            AT TIME ZONE (SELECT u.time_zone FROM organisation_utility u\n                                           WHERE u.id = 1))::date\n            THEN\n                RAISE EXCEPTION 'a notice is not given on a day that has not come'\n                    USING ERRCODE = 'check_violation',\n                          CONSTRAINT = 'a_notice_is_not_of_the_future';\n            END IF;\n            RETURN NEW;\n            ", hash='2f9d2744690bef5eba2c6dd38ef9140ffa1f1865', operation='INSERT', pgid='pgtrigger_a_notice_is_not_of_the_future_691d9', table='disconnections_disconnectionnotice', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ProtectionVerdict',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('stage', models.CharField(choices=[('SUBMIT', 'Submit'), ('APPROVAL', 'Approval'), ('DISPATCH', 'Dispatch'), ('EXECUTION', 'Execution')], max_length=10)),
                    ('at', models.DateTimeField()),
                    ('answer', models.CharField(choices=[('ALLOW', 'Allow'), ('NEEDS_APPROVAL', 'Needs approval'), ('BLOCKED', 'Blocked')], max_length=15)),
                    ('findings', models.JSONField(default=list)),
                    ('facts', models.JSONField(default=dict)),
                    ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='verdicts', to='cases.case')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['case', '-id'], name='verdict_by_case'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('stage__in', ['SUBMIT', 'APPROVAL', 'DISPATCH', 'EXECUTION'])), name='verdict_stage_is_known'),
                        models.CheckConstraint(condition=models.Q(('answer__in', ['ALLOW', 'NEEDS_APPROVAL', 'BLOCKED'])), name='verdict_answer_is_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='verdicts_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2e7413330e2cc68de7c16b5a671c3f84f60a1e5c', operation='UPDATE OR DELETE', pgid='pgtrigger_verdicts_stay_f4b4e', table='disconnections_protectionverdict', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='RulePack',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(help_text='Such as US-NY.', max_length=30)),
                    ('name', models.CharField(max_length=80)),
                    ('note', models.CharField(blank=True, max_length=250)),
                    ('is_enabled', models.BooleanField(default=False, verbose_name='enabled')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('code',), name='rule_pack_code_is_taken_once'),
                        models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Z0-9][A-Z0-9-]*$')), name='rule_pack_code_is_a_code'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='rule_packs_are_never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='66a65588e612067175dc1778d77836b8e95bdf72', operation='DELETE', pgid='pgtrigger_rule_packs_are_never_deleted_da6a9', table='disconnections_rulepack', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "disconnections_rulepackevent" ("code", "id", "is_enabled", "name", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."code", NEW."id", NEW."is_enabled", NEW."name", NEW."note", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='be60d629a3c57d5d5fe4a2aef7b185f872a6fa37', operation='INSERT', pgid='pgtrigger_insert_insert_49d00', table='disconnections_rulepack', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "disconnections_rulepackevent" ("code", "id", "is_enabled", "name", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."code", NEW."id", NEW."is_enabled", NEW."name", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='8758a84d5e4dd2327e94312ed3ab0124eb0dd5e1', operation='UPDATE', pgid='pgtrigger_update_update_129d4', table='disconnections_rulepack', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ProtectionRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(help_text='Such as NY-HOURS.', max_length=30)),
                    ('name', models.CharField(help_text='As the line on the request says it.', max_length=80)),
                    ('answer', models.CharField(choices=[('NEEDS_APPROVAL', 'Needs approval'), ('BLOCKED', 'Blocked')], max_length=15)),
                    ('condition', models.CharField(choices=[('AMOUNT_BELOW', 'Outstanding is below an amount'), ('AMOUNT_ABOVE', 'Outstanding is above an amount'), ('BILLED_ABOVE', 'Billed over 12 months is above an amount'), ('OVERDUE_LESS', 'Overdue for fewer than so many days'), ('NOTICE_RUNS', 'Notice has not run out'), ('WEEKDAY', 'On certain weekdays'), ('HOURS', 'Outside certain hours'), ('HOLIDAY', 'On a public holiday'), ('SEASON', 'In a season'), ('WEATHER', 'In declared weather'), ('ACCOUNT_HOLD', 'The account is held'), ('VIP', 'The consumer is a VIP'), ('ALWAYS', 'Always, for what it applies to')], max_length=15)),
                    ('sentence', models.CharField(help_text='What is shown when it applies, such as {{ outstanding }} is above {{ amount }}.', max_length=250)),
                    ('source', models.CharField(help_text='The law, decision or page it rests on.', max_length=250)),
                    ('stages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('SUBMIT', 'Submit'), ('APPROVAL', 'Approval'), ('DISPATCH', 'Dispatch'), ('EXECUTION', 'Execution')], max_length=10), default=disconnections.models.protections.each_stage, size=None, verbose_name='asked at')),
                    ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('DISCONNECTION', 'Disconnection'), ('RECONNECTION', 'Reconnection')], max_length=15), default=disconnections.models.protections.disconnections_only, size=None, verbose_name='types')),
                    ('only_for_debt', models.BooleanField(default=True, verbose_name='only for non-payment')),
                    ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                    ('utilities', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('ELECTRICITY', 'Electricity'), ('WATER', 'Water'), ('GAS', 'Gas')], max_length=15), blank=True, default=list, size=None)),
                    ('categories', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None)),
                    ('areas', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None)),
                    ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                    ('days', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('counts_business_days', models.BooleanField(default=False)),
                    ('weekdays', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, help_text='1 is Monday.', size=None)),
                    ('not_before', models.TimeField(blank=True, null=True)),
                    ('not_after', models.TimeField(blank=True, null=True)),
                    ('and_the_day_before', models.BooleanField(default=False, verbose_name='also the day before a holiday')),
                    ('season_from', models.CharField(blank=True, help_text='Month and day, such as 12-01.', max_length=5)),
                    ('season_to', models.CharField(blank=True, help_text='The last day; may lie in the next year.', max_length=5)),
                    ('weather', models.CharField(blank=True, choices=[('COLD', 'Cold'), ('HEAT', 'Heat')], max_length=10)),
                    ('hold_kind', models.CharField(blank=True, choices=[('ARRANGEMENT', 'Payment arrangement'), ('MEDICAL', 'Medical certificate'), ('DISPUTE', 'Dispute'), ('LEGAL', 'Legal matter'), ('DECEASED', 'Deceased')], max_length=15)),
                    ('from_on', models.DateField(blank=True, help_text='The first day; empty: always.', null=True)),
                    ('until_on', models.DateField(blank=True, help_text='The last day; empty: for good.', null=True)),
                    ('is_active', models.BooleanField(default=True, help_text='Retire a rule; never delete it.')),
                    ('version', models.PositiveIntegerField(default=1, editable=False)),
                    ('pack', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rules', to='disconnections.rulepack')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('code',), name='protection_code_is_taken_once'),
                        models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Z0-9][A-Z0-9-]*$')), name='protection_code_is_a_code'),
                        models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('sentence', ''), _negated=True), models.Q(('source', ''), _negated=True)), name='a_protection_says_what_and_why'),
                        models.CheckConstraint(condition=models.Q(('answer__in', ['NEEDS_APPROVAL', 'BLOCKED'])), name='a_protection_stands_in_the_way'),
                        models.CheckConstraint(condition=models.Q(('condition__in', ['AMOUNT_BELOW', 'AMOUNT_ABOVE', 'BILLED_ABOVE', 'OVERDUE_LESS', 'NOTICE_RUNS', 'WEEKDAY', 'HOURS', 'HOLIDAY', 'SEASON', 'WEATHER', 'ACCOUNT_HOLD', 'VIP', 'ALWAYS'])), name='protection_condition_is_known'),
                        models.CheckConstraint(condition=models.Q(('stages__contained_by', ['SUBMIT', 'APPROVAL', 'DISPATCH', 'EXECUTION']), models.Q(('stages', []), _negated=True)), name='protection_stages_are_known'),
                        models.CheckConstraint(condition=models.Q(('kinds__contained_by', ['DISCONNECTION', 'RECONNECTION']), models.Q(('kinds', []), _negated=True)), name='protection_is_for_requests'),
                        models.CheckConstraint(condition=models.Q(('utilities__contained_by', ['ELECTRICITY', 'WATER', 'GAS'])), name='protection_utilities_are_known'),
                        models.CheckConstraint(condition=models.Q(('counts_business_days', False), ('condition', 'NOTICE_RUNS'), _connector='OR'), name='only_a_notice_counts_business_days'),
                        models.CheckConstraint(condition=models.Q(models.Q(('condition__in', ('WEEKDAY',)), ('weekdays__contained_by', [1, 2, 3, 4, 5, 6, 7]), models.Q(('weekdays', []), _negated=True)), models.Q(models.Q(('condition__in', ('WEEKDAY',)), _negated=True), ('weekdays', [])), _connector='OR'), name='a_protection_by_weekday_has_some'),
                        models.CheckConstraint(condition=models.Q(('and_the_day_before', False), ('condition', 'HOLIDAY'), _connector='OR'), name='only_a_holiday_has_a_day_before'),
                        models.CheckConstraint(condition=models.Q(models.Q(('condition__in', ('SEASON',)), ('season_from__regex', '^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'), ('season_to__regex', '^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$')), models.Q(models.Q(('condition__in', ('SEASON',)), _negated=True), ('season_from', ''), ('season_to', '')), _connector='OR'), name='a_protection_by_season_has_one'),
                        models.CheckConstraint(condition=models.Q(models.Q(('condition__in', ('WEATHER',)), ('weather__in', ['COLD', 'HEAT'])), models.Q(models.Q(('condition__in', ('WEATHER',)), _negated=True), ('weather', '')), _connector='OR'), name='a_protection_by_weather_has_one'),
                        models.CheckConstraint(condition=models.Q(models.Q(('condition__in', ('ACCOUNT_HOLD',)), ('hold_kind__in', ['ARRANGEMENT', 'MEDICAL', 'DISPUTE', 'LEGAL', 'DECEASED'])), models.Q(models.Q(('condition__in', ('ACCOUNT_HOLD',)), _negated=True), ('hold_kind', '')), _connector='OR'), name='a_protection_by_hold_has_one'),
                        models.CheckConstraint(condition=models.Q(models.Q(('condition', 'ALWAYS'), _negated=True), models.Q(('reasons', []), _negated=True), models.Q(('categories', []), _negated=True), models.Q(('utilities', []), _negated=True), models.Q(('areas', []), _negated=True), _connector='OR'), name='what_always_applies_says_to_what'),
                        models.CheckConstraint(condition=models.Q(('from_on__isnull', True), ('until_on__isnull', True), ('until_on__gte', models.F('from_on')), _connector='OR'), name='a_protection_ends_after_it_begins'),
                        models.CheckConstraint(condition=models.Q(models.Q(('condition__in', ('AMOUNT_BELOW', 'AMOUNT_ABOVE', 'BILLED_ABOVE')), ('amount__isnull', False), ('amount__range', (0, 1000000000000))), models.Q(models.Q(('condition__in', ('AMOUNT_BELOW', 'AMOUNT_ABOVE', 'BILLED_ABOVE')), _negated=True), ('amount__isnull', True)), _connector='OR'), name='a_protection_by_amount_has_one'),
                        models.CheckConstraint(condition=models.Q(models.Q(('condition__in', ('OVERDUE_LESS', 'NOTICE_RUNS')), ('days__isnull', False), ('days__range', (1, 3660))), models.Q(models.Q(('condition__in', ('OVERDUE_LESS', 'NOTICE_RUNS')), _negated=True), ('days__isnull', True)), _connector='OR'), name='a_protection_by_days_has_them'),
                        models.CheckConstraint(condition=models.Q(models.Q(('condition__in', ('HOURS',)), models.Q(models.Q(('not_after__isnull', True), ('not_before__isnull', False)), models.Q(('not_after__isnull', False), ('not_before__isnull', True)), models.Q(('not_after__isnull', False), ('not_before__isnull', False), ('not_before__lt', models.F('not_after'))), _connector='OR')), models.Q(models.Q(('condition__in', ('HOURS',)), _negated=True), ('not_after__isnull', True), ('not_before__isnull', True)), _connector='OR'), name='a_protection_by_hours_has_them'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='each_change_of_a_rule_is_a_version', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'DELETE' THEN\n                        RAISE EXCEPTION 'protection rules are retired, never deleted'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'protection_rules_are_never_deleted';\n                    END IF;\n                    IF NEW.code <> OLD.code THEN\n                        RAISE EXCEPTION 'verdicts name a rule by its code'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_protection_keeps_its_code';\n                    END IF;\n                    NEW.version := OLD.version;\n                    IF to_jsonb(NEW) IS DISTINCT FROM to_jsonb(OLD) THEN\n                        NEW.version := OLD.version + 1;\n                    END IF;\n                    RETURN NEW;\n                    ", hash='71993e7489c7bb22ff860bd87ac4a79943a90d4f', operation='UPDATE OR DELETE', pgid='pgtrigger_each_change_of_a_rule_is_a_version_5565a', table='disconnections_protectionrule', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "disconnections_protectionruleevent" ("amount", "and_the_day_before", "answer", "areas", "categories", "code", "condition", "counts_business_days", "days", "from_on", "hold_kind", "id", "is_active", "kinds", "name", "not_after", "not_before", "only_for_debt", "pack_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reasons", "season_from", "season_to", "sentence", "source", "stages", "until_on", "utilities", "version", "weather", "weekdays") VALUES (NEW."amount", NEW."and_the_day_before", NEW."answer", NEW."areas", NEW."categories", NEW."code", NEW."condition", NEW."counts_business_days", NEW."days", NEW."from_on", NEW."hold_kind", NEW."id", NEW."is_active", NEW."kinds", NEW."name", NEW."not_after", NEW."not_before", NEW."only_for_debt", NEW."pack_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reasons", NEW."season_from", NEW."season_to", NEW."sentence", NEW."source", NEW."stages", NEW."until_on", NEW."utilities", NEW."version", NEW."weather", NEW."weekdays"); RETURN NULL;', hash='af7ad0e462d5a7d7e57a84975999fe22f9d3e719', operation='INSERT', pgid='pgtrigger_insert_insert_97bf7', table='disconnections_protectionrule', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "disconnections_protectionruleevent" ("amount", "and_the_day_before", "answer", "areas", "categories", "code", "condition", "counts_business_days", "days", "from_on", "hold_kind", "id", "is_active", "kinds", "name", "not_after", "not_before", "only_for_debt", "pack_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reasons", "season_from", "season_to", "sentence", "source", "stages", "until_on", "utilities", "version", "weather", "weekdays") VALUES (NEW."amount", NEW."and_the_day_before", NEW."answer", NEW."areas", NEW."categories", NEW."code", NEW."condition", NEW."counts_business_days", NEW."days", NEW."from_on", NEW."hold_kind", NEW."id", NEW."is_active", NEW."kinds", NEW."name", NEW."not_after", NEW."not_before", NEW."only_for_debt", NEW."pack_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reasons", NEW."season_from", NEW."season_to", NEW."sentence", NEW."source", NEW."stages", NEW."until_on", NEW."utilities", NEW."version", NEW."weather", NEW."weekdays"); RETURN NULL;', hash='e46d57968da01d338ed9dec734797df67c781936', operation='UPDATE', pgid='pgtrigger_update_update_6a8d6', table='disconnections_protectionrule', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='RulePackEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('code', models.CharField(help_text='Such as US-NY.', max_length=30)),
                    ('name', models.CharField(max_length=80)),
                    ('note', models.CharField(blank=True, max_length=250)),
                    ('is_enabled', models.BooleanField(default=False, verbose_name='enabled')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='disconnections.rulepack')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='028ec1f58c93a230511b7b508b70c2dc88cca3a8', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c4a56', table='disconnections_rulepackevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ProtectionRuleEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('code', models.CharField(help_text='Such as NY-HOURS.', max_length=30)),
                    ('name', models.CharField(help_text='As the line on the request says it.', max_length=80)),
                    ('answer', models.CharField(choices=[('NEEDS_APPROVAL', 'Needs approval'), ('BLOCKED', 'Blocked')], max_length=15)),
                    ('condition', models.CharField(choices=[('AMOUNT_BELOW', 'Outstanding is below an amount'), ('AMOUNT_ABOVE', 'Outstanding is above an amount'), ('BILLED_ABOVE', 'Billed over 12 months is above an amount'), ('OVERDUE_LESS', 'Overdue for fewer than so many days'), ('NOTICE_RUNS', 'Notice has not run out'), ('WEEKDAY', 'On certain weekdays'), ('HOURS', 'Outside certain hours'), ('HOLIDAY', 'On a public holiday'), ('SEASON', 'In a season'), ('WEATHER', 'In declared weather'), ('ACCOUNT_HOLD', 'The account is held'), ('VIP', 'The consumer is a VIP'), ('ALWAYS', 'Always, for what it applies to')], max_length=15)),
                    ('sentence', models.CharField(help_text='What is shown when it applies, such as {{ outstanding }} is above {{ amount }}.', max_length=250)),
                    ('source', models.CharField(help_text='The law, decision or page it rests on.', max_length=250)),
                    ('stages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('SUBMIT', 'Submit'), ('APPROVAL', 'Approval'), ('DISPATCH', 'Dispatch'), ('EXECUTION', 'Execution')], max_length=10), default=disconnections.models.protections.each_stage, size=None, verbose_name='asked at')),
                    ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('DISCONNECTION', 'Disconnection'), ('RECONNECTION', 'Reconnection')], max_length=15), default=disconnections.models.protections.disconnections_only, size=None, verbose_name='types')),
                    ('only_for_debt', models.BooleanField(default=True, verbose_name='only for non-payment')),
                    ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                    ('utilities', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('ELECTRICITY', 'Electricity'), ('WATER', 'Water'), ('GAS', 'Gas')], max_length=15), blank=True, default=list, size=None)),
                    ('categories', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None)),
                    ('areas', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None)),
                    ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                    ('days', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('counts_business_days', models.BooleanField(default=False)),
                    ('weekdays', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, help_text='1 is Monday.', size=None)),
                    ('not_before', models.TimeField(blank=True, null=True)),
                    ('not_after', models.TimeField(blank=True, null=True)),
                    ('and_the_day_before', models.BooleanField(default=False, verbose_name='also the day before a holiday')),
                    ('season_from', models.CharField(blank=True, help_text='Month and day, such as 12-01.', max_length=5)),
                    ('season_to', models.CharField(blank=True, help_text='The last day; may lie in the next year.', max_length=5)),
                    ('weather', models.CharField(blank=True, choices=[('COLD', 'Cold'), ('HEAT', 'Heat')], max_length=10)),
                    ('hold_kind', models.CharField(blank=True, choices=[('ARRANGEMENT', 'Payment arrangement'), ('MEDICAL', 'Medical certificate'), ('DISPUTE', 'Dispute'), ('LEGAL', 'Legal matter'), ('DECEASED', 'Deceased')], max_length=15)),
                    ('from_on', models.DateField(blank=True, help_text='The first day; empty: always.', null=True)),
                    ('until_on', models.DateField(blank=True, help_text='The last day; empty: for good.', null=True)),
                    ('is_active', models.BooleanField(default=True, help_text='Retire a rule; never delete it.')),
                    ('version', models.PositiveIntegerField(default=1, editable=False)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='disconnections.protectionrule')),
                    ('pack', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='disconnections.rulepack')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='399004a55485681d55f3726015aaf2b1a4b4644d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_183b7', table='disconnections_protectionruleevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ClosurePolicy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('minimum_items', models.PositiveSmallIntegerField(default=6, help_text='1 to 6. What does not apply to a request counts as done.', verbose_name='items of the checklist that must be done')),
                    ('asks_identity', models.BooleanField(default=True, help_text='Before a closure that the consumer asked for is carried out.', verbose_name='identity must be checked')),
                    ('reconnection_fee', models.DecimalField(decimal_places=2, default=0, help_text='Charged once when a reconnection is requested; 0: none.', max_digits=14)),
                    ('run_alone_up_to', models.PositiveIntegerField(default=50, help_text='A larger run is started by a second person. 0: every run.', verbose_name='requests of a non-payment run that one person may start alone')),
                ],
                options={
                    'verbose_name': 'closure policy',
                    'verbose_name_plural': 'closure policy',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('pk', 1)), name='there_is_one_closure_policy'),
                        models.CheckConstraint(condition=models.Q(('reconnection_fee__gte', 0), ('reconnection_fee__lt', 1000000)), name='a_reconnection_fee_is_not_negative', violation_error_message='Enter an amount from 0 to 999,999.99.'),
                        models.CheckConstraint(condition=models.Q(('minimum_items__range', (1, 6))), name='the_checklist_has_six_items', violation_error_message='Enter a number from 1 to 6.'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "disconnections_closurepolicyevent" ("asks_identity", "id", "minimum_items", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reconnection_fee", "run_alone_up_to") VALUES (NEW."asks_identity", NEW."id", NEW."minimum_items", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reconnection_fee", NEW."run_alone_up_to"); RETURN NULL;', hash='1b0691c93208a059328ba9d2b371aa205c472ed3', operation='INSERT', pgid='pgtrigger_insert_insert_ffc67', table='disconnections_closurepolicy', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "disconnections_closurepolicyevent" ("asks_identity", "id", "minimum_items", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reconnection_fee", "run_alone_up_to") VALUES (NEW."asks_identity", NEW."id", NEW."minimum_items", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reconnection_fee", NEW."run_alone_up_to"); RETURN NULL;', hash='e6064efa0286cf6e25090aab86114350a1912ebf', operation='UPDATE', pgid='pgtrigger_update_update_6d790', table='disconnections_closurepolicy', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ClosurePolicyEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('minimum_items', models.PositiveSmallIntegerField(default=6, help_text='1 to 6. What does not apply to a request counts as done.', verbose_name='items of the checklist that must be done')),
                    ('asks_identity', models.BooleanField(default=True, help_text='Before a closure that the consumer asked for is carried out.', verbose_name='identity must be checked')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='disconnections.closurepolicy')),
                    ('reconnection_fee', models.DecimalField(decimal_places=2, default=0, help_text='Charged once when a reconnection is requested; 0: none.', max_digits=14)),
                    ('run_alone_up_to', models.PositiveIntegerField(default=50, help_text='A larger run is started by a second person. 0: every run.', verbose_name='requests of a non-payment run that one person may start alone')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='400188e3e58f13518c7d499f1b460717cc59e050', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_93679', table='disconnections_closurepolicyevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='NonPaymentRun',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('state', models.CharField(choices=[('PREPARING', 'Being prepared'), ('PROPOSED', 'Proposed'), ('RUNNING', 'Running'), ('STOPPED', 'Stopped'), ('DONE', 'Done'), ('UNDOING', 'Being undone'), ('UNDONE', 'Undone'), ('WITHDRAWN', 'Withdrawn')], default='PREPARING', max_length=10)),
                    ('overdue', models.PositiveSmallIntegerField(help_text='Overdue for so many days at least.')),
                    ('amount_from', models.DecimalField(decimal_places=2, max_digits=14)),
                    ('amount_to', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                    ('categories', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None)),
                    ('areas', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None)),
                    ('wanted', models.PositiveIntegerField()),
                    ('amount', models.DecimalField(decimal_places=2, max_digits=16)),
                    ('to_approve', models.PositiveIntegerField(help_text='Of these a rule asks for approval.')),
                    ('excluded', models.PositiveIntegerField()),
                    ('left_out', models.JSONField(default=dict)),
                    ('names_of_reasons', models.JSONField(default=dict)),
                    ('alone_up_to', models.PositiveIntegerField(help_text='So many requests its proposer may start alone, as the policy said.')),
                    ('proposed_at', models.DateTimeField()),
                    ('started_at', models.DateTimeField(blank=True, null=True)),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('undone_at', models.DateTimeField(blank=True, null=True)),
                    ('undone_because', models.CharField(blank=True, max_length=250)),
                    ('after', models.BigIntegerField(default=0, help_text='Accounts up to this key are done.')),
                    ('looked_at', models.PositiveIntegerField(default=0)),
                    ('made', models.PositiveIntegerField(default=0)),
                    ('undone', models.PositiveIntegerField(default=0, help_text='Requests that were closed again.')),
                    ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('reason', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='disconnections.reason')),
                    ('started_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('expected', models.PositiveIntegerField(default=0, help_text='So many accounts to be cut off the choice came to when it was made.')),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('overdue__range', (1, 3660)), ('amount_from__gt', 0), ('amount_from__lt', 1000000000000), models.Q(('amount_to__isnull', True), ('amount_to__gte', models.F('amount_from')), _connector='OR')), name='a_run_is_about_debts'),
                        models.CheckConstraint(condition=models.Q(('looked_at__lte', models.F('wanted')), ('made__lte', models.F('looked_at')), ('undone__lte', models.F('made'))), name='a_run_makes_no_more_than_was_proposed'),
                        models.CheckConstraint(condition=models.Q(('started_by__isnull', True), ('wanted__lte', models.F('alone_up_to')), models.Q(('started_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='a_large_run_takes_two_people'),
                        models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('UNDOING', 'UNDONE')), _negated=True), models.Q(('undone_at__isnull', False), ('undone_by__isnull', False), ('undone_because__regex', '(\\S\\s*){10,}')), _connector='OR'), name='a_run_that_is_undone_says_why'),
                        models.UniqueConstraint(condition=models.Q(('state', 'RUNNING')), fields=('state',), name='one_non_payment_run_at_a_time'),
                        models.CheckConstraint(condition=models.Q(('state__in', ['PREPARING', 'PROPOSED', 'RUNNING', 'STOPPED', 'DONE', 'UNDOING', 'UNDONE', 'WITHDRAWN'])), name='non_payment_run_state_is_known'),
                        models.CheckConstraint(condition=models.Q(('wanted__gt', 0), ('state__in', ['PREPARING', 'WITHDRAWN']), _connector='OR'), name='a_run_has_accounts'),
                        models.CheckConstraint(condition=models.Q(models.Q(('started_at__isnull', False), ('started_by__isnull', False), ('state__in', ('RUNNING', 'STOPPED', 'DONE', 'UNDOING', 'UNDONE'))), models.Q(('started_at__isnull', True), ('started_by__isnull', True), ('state__in', ('PREPARING', 'PROPOSED', 'WITHDRAWN'))), _connector='OR'), name='a_run_that_began_says_who_started_it'),
                        models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['RUNNING', 'DONE']), _negated=True), ('undone_at__isnull', True), _connector='OR'), name='a_run_that_is_undone_makes_no_more'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='runs_move_along_arrows', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'DELETE' THEN\n                        RAISE EXCEPTION 'runs are never deleted'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'runs_stay';\n                    END IF;\n                    IF TG_OP = 'INSERT' THEN\n                        IF NEW.state <> 'PREPARING' THEN\n                            RAISE EXCEPTION 'a run begins as a proposal that is being prepared'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'a_run_begins_as_a_proposal';\n                        END IF;\n                        RETURN NEW;\n                    END IF;\n                    IF (NEW.reason_id, NEW.overdue, NEW.amount_from, NEW.amount_to, NEW.categories,\n                        NEW.areas, NEW.expected, NEW.excluded, NEW.left_out, NEW.names_of_reasons,\n                        NEW.alone_up_to, NEW.proposed_at, NEW.proposed_by_id)\n                       IS DISTINCT FROM\n                       (OLD.reason_id, OLD.overdue, OLD.amount_from, OLD.amount_to, OLD.categories,\n                        OLD.areas, OLD.expected, OLD.excluded, OLD.left_out, OLD.names_of_reasons,\n                        OLD.alone_up_to, OLD.proposed_at, OLD.proposed_by_id)\n                       OR (OLD.state <> 'PREPARING' AND (NEW.wanted, NEW.amount, NEW.to_approve)\n                           IS DISTINCT FROM (OLD.wanted, OLD.amount, OLD.to_approve))\n                       OR (OLD.started_by_id IS NOT NULL AND (NEW.started_by_id, NEW.started_at)\n                           IS DISTINCT FROM (OLD.started_by_id, OLD.started_at))\n                    THEN\n                        RAISE EXCEPTION 'what was proposed, and who started it, stays'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_proposal_stays';\n                    END IF;\n                    IF NEW.state <> OLD.state AND (OLD.state, NEW.state)\n                       NOT IN (VALUES ('PREPARING','PROPOSED'), ('PREPARING','WITHDRAWN'), ('PROPOSED','RUNNING'), ('PROPOSED','WITHDRAWN'), ('RUNNING','DONE'), ('RUNNING','STOPPED'), ('RUNNING','UNDOING'), ('STOPPED','RUNNING'), ('STOPPED','UNDOING'), ('DONE','UNDOING'), ('UNDOING','STOPPED'), ('UNDOING','UNDONE'))\n                    THEN\n                        RAISE EXCEPTION 'no arrow from % to %', OLD.state, NEW.state\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'runs_move_along_arrows';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='79224bbb8aa0a318aee7ff5474ea52bd80e18d8e', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_runs_move_along_arrows_1dd03', table='disconnections_nonpaymentrun', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='DisconnectionRequest',
                fields=[
                    ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='disconnection_request', serialize=False, to='cases.case')),
                    ('permanence', models.CharField(choices=[('PERMANENT', 'Permanent'), ('TEMPORARY', 'Temporary')], default='PERMANENT', max_length=10)),
                    ('consumer_status', models.CharField(choices=[('ACTIVE', 'Active'), ('INACTIVE', 'Inactive'), ('PENDING', 'Pending'), ('DISCONNECTED', 'Disconnected'), ('COLLECTION', 'Collection')], help_text='When the request was made; sets its type.', max_length=15)),
                    ('preferred_on', models.DateField(blank=True, null=True)),
                    ('notes', models.TextField(blank=True)),
                    ('service_address', models.CharField(help_text='As it was at creation.', max_length=200)),
                    ('identity_check', models.CharField(choices=[('DOCUMENT_SEEN', 'Document seen'), ('QUESTIONS_ANSWERED', 'Questions answered by phone'), ('NOT_VERIFIED', 'Not verified yet')], default='NOT_VERIFIED', max_length=20)),
                    ('identity_document', models.CharField(blank=True, choices=[('DRIVING_LICENCE', 'Driving licence'), ('PASSPORT', 'Passport'), ('NATIONAL_ID', 'National identity card'), ('OTHER', 'Other document')], max_length=20)),
                    ('identity_last_four', models.CharField(blank=True, max_length=4)),
                    ('tracking_token', models.CharField(help_text="The consumer's own link.", max_length=43)),
                    ('receipt', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.storedfile')),
                    ('reason', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='disconnections.reason')),
                    ('booking', models.ForeignKey(blank=True, help_text='The place held: the wished one, or that of the visit once it is planned. Given back when the request ends.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='disconnections.slotday')),
                    ('slot', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='disconnections.timeslot')),
                    ('undoes', models.ForeignKey(blank=True, help_text='Of a reconnection: the newest disconnection of its services that was done.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reconnections', to='disconnections.execution')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('tracking_token',), name='tracking_token_is_unique'),
                        models.CheckConstraint(condition=models.Q(('slot__isnull', True), ('preferred_on__isnull', False), _connector='OR'), name='a_slot_has_a_day'),
                        models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('notes'), 250), name='notes_have_at_most_250_characters'),
                        models.CheckConstraint(condition=models.Q(('permanence__in', ['PERMANENT', 'TEMPORARY'])), name='permanence_is_known'),
                        models.CheckConstraint(condition=models.Q(('identity_check__in', ['DOCUMENT_SEEN', 'QUESTIONS_ANSWERED', 'NOT_VERIFIED'])), name='identity_check_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('identity_check', 'DOCUMENT_SEEN'), ('identity_document__gt', '')), models.Q(models.Q(('identity_check', 'DOCUMENT_SEEN'), _negated=True), ('identity_document', ''), ('identity_last_four', '')), _connector='OR'), name='a_document_seen_is_named'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='type_follows_the_consumer', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', declare='DECLARE given text; connected boolean; services integer; opened date;', func="\n                    SELECT c.kind,\n                           (c.created_at AT TIME ZONE (SELECT u.time_zone\n                              FROM organisation_utility u WHERE u.id = 1))::date\n                      INTO given, opened FROM cases_case c WHERE c.id = NEW.case_id;\n                    SELECT count(*), bool_or(s.was_connected) INTO services, connected\n                      FROM disconnections_requestedservice s WHERE s.request_id = NEW.case_id;\n                    IF services = 0 AND NEW.consumer_status NOT IN ('INACTIVE', 'DISCONNECTED') THEN\n                        RAISE EXCEPTION 'a disconnection needs a connected service'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_disconnection_needs_a_connected_service';\n                    END IF;\n                    IF NEW.consumer_status IS DISTINCT FROM (\n                        SELECT p.status FROM consumers_consumer p JOIN cases_case c\n                            ON c.consumer_id = p.id WHERE c.id = NEW.case_id)\n                       OR given <> (CASE WHEN NEW.consumer_status IN ('INACTIVE', 'DISCONNECTED')\n                                       OR NOT coalesce(connected, false)\n                                     THEN 'RECONNECTION' ELSE 'DISCONNECTION' END) THEN\n                        RAISE EXCEPTION 'the type follows from the consumer, not from the form'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'type_follows_the_consumer';\n                    END IF;\n                    IF NEW.preferred_on < opened OR NEW.preferred_on > opened + 365 THEN\n                        RAISE EXCEPTION 'the preferred date lies within a year of the request'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'preferred_date_lies_within_a_year';\n                    END IF;\n                    RETURN NULL;\n                    ", hash='c852cbc0bdb5fe21c9835fd3f244f8de66a675c4', operation='INSERT', pgid='pgtrigger_type_follows_the_consumer_0c736', table='disconnections_disconnectionrequest', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='what_was_asked_for_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    -- A receipt is attached, once. The place follows the visit while the request\n                    -- is open, and is given back. Nothing else moves.\n                    IF TG_OP = 'UPDATE' THEN\n                        IF to_jsonb(NEW) - ARRAY['booking_id', 'receipt_id']\n                           = to_jsonb(OLD) - ARRAY['booking_id', 'receipt_id']\n                           AND (NEW.booking_id IS NULL OR NEW.booking_id = OLD.booking_id\n                                OR EXISTS (SELECT 1 FROM cases_case c\n                                            WHERE c.id = OLD.case_id AND c.ended_at IS NULL))\n                           AND (OLD.receipt_id IS NULL OR NEW.receipt_id = OLD.receipt_id)\n                        THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'what was asked for stays as it was'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'what_was_asked_for_stays';\n                    ", hash='29b8e396b2dae895cef3ef49044305b8d4fd8a0f', operation='UPDATE OR DELETE', pgid='pgtrigger_what_was_asked_for_stays_c7baf', table='disconnections_disconnectionrequest', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='a_reconnection_says_what_it_undoes', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', declare='DECLARE newest bigint;', func="\n                    -- A service that is off was switched off last by this one; what came back\n                    -- since is on, so that nothing is undone twice.\n                    SELECT x.request_id INTO newest\n                      FROM disconnections_requestedservice own\n                      JOIN cases_case c ON c.id = own.request_id AND c.kind = 'RECONNECTION'\n                      JOIN disconnections_requestedservice cut\n                        ON cut.service_connection_id = own.service_connection_id\n                      JOIN disconnections_execution x ON x.request_id = cut.request_id\n                      JOIN cases_case ended\n                        ON ended.id = x.request_id AND ended.kind = 'DISCONNECTION'\n                     WHERE own.request_id = NEW.case_id AND NOT own.was_connected\n                     ORDER BY x.executed_at DESC, x.request_id DESC LIMIT 1;\n                    IF NEW.undoes_id IS DISTINCT FROM newest THEN\n                        RAISE EXCEPTION 'a reconnection undoes the newest disconnection'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_reconnection_says_what_it_undoes';\n                    END IF;\n                    RETURN NULL;\n                    ", hash='a360ed6afeb0cd3e341f52b2cc6b99dde0f5f67c', operation='INSERT', pgid='pgtrigger_a_reconnection_says_what_it_undoes_7bd14', table='disconnections_disconnectionrequest', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='RequestedService',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('was_connected', models.BooleanField()),
                    ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='services', to='disconnections.disconnectionrequest')),
                    ('service_connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.serviceconnection')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('request', 'service_connection'), name='a_service_is_requested_once'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='services_are_the_consumers_own', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE is_connected boolean;', func="\n                    IF TG_OP <> 'INSERT' THEN\n                        RAISE EXCEPTION 'what was requested stays'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'requested_services_stay';\n                    END IF;\n                    SELECT s.supply_state = 'CONNECTED' INTO is_connected\n                      FROM consumers_serviceconnection s\n                      JOIN cases_case c ON c.consumer_id = s.consumer_id\n                     WHERE s.id = NEW.service_connection_id AND c.id = NEW.request_id\n                       AND c.status = 'PENDING';\n                    IF NEW.was_connected IS DISTINCT FROM is_connected THEN\n                        RAISE EXCEPTION 'the service is not one of the consumer as it is now'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'services_are_the_consumers_own';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='0f208eb2ec7e29aebbe38ea92e4b46496c659247', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_services_are_the_consumers_own_77f55', table='disconnections_requestedservice', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Execution',
                fields=[
                    ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='execution', serialize=False, to='disconnections.disconnectionrequest')),
                    ('permanence', models.CharField(choices=[('PERMANENT', 'Permanent'), ('TEMPORARY', 'Temporary')], max_length=10)),
                    ('account_status', models.CharField(choices=[('ACTIVE', 'Active'), ('INACTIVE', 'Inactive'), ('PENDING', 'Pending'), ('DISCONNECTED', 'Disconnected'), ('COLLECTION', 'Collection')], help_text='Of the account afterwards.', max_length=15)),
                    ('items_done', models.PositiveSmallIntegerField(help_text="Of the checklist's six.")),
                    ('executed_at', models.DateTimeField()),
                    ('in_transaction', models.BigIntegerField(default=0, editable=False)),
                    ('approval', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.approval')),
                    ('executed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('service_order', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='execution', to='fieldwork.serviceorder')),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('permanence__in', ['PERMANENT', 'TEMPORARY'])), name='permanence_of_execution_is_known'),
                        models.CheckConstraint(condition=models.Q(('account_status__in', ['ACTIVE', 'INACTIVE', 'PENDING', 'DISCONNECTED', 'COLLECTION'])), name='account_status_of_execution_is_known'),
                        models.CheckConstraint(condition=models.Q(('items_done__range', (0, 6))), name='six_items_are_done_at_most'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='an_execution_completes_its_request', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n                    IF NOT EXISTS (SELECT 1 FROM cases_case c\n                                     JOIN fieldwork_serviceorder o ON o.id = NEW.service_order_id\n                                    WHERE c.id = NEW.request_id AND c.status = 'COMPLETED'\n                                      AND o.status = 'COMPLETED')\n                    THEN\n                        RAISE EXCEPTION 'what was carried out is completed'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'an_execution_completes_its_request';\n                    END IF;\n                    RETURN NULL;\n                    ", hash='753a5f150a385644317923739afee1058bb77f11', operation='INSERT', pgid='pgtrigger_an_execution_completes_its_request_60795', table='disconnections_execution', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='executions_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a516b2a156d2986105ee77cbacb529ef7b3260c9', operation='UPDATE OR DELETE', pgid='pgtrigger_executions_stay_b68ae', table='disconnections_execution', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='an_execution_is_in_order', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE of_case cases_case%ROWTYPE; ordered fieldwork_serviceorder%ROWTYPE; decision text; verdict text;', func="\n                    NEW.in_transaction := pg_current_xact_id()::text::bigint;\n                    SELECT * INTO of_case FROM cases_case c WHERE c.id = NEW.request_id;\n                    SELECT * INTO ordered FROM fieldwork_serviceorder o\n                     WHERE o.id = NEW.service_order_id;\n                    IF of_case.status IS DISTINCT FROM 'IN_PROGRESS' THEN\n                        RAISE EXCEPTION 'only a request in progress is carried out'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'only_a_request_in_progress_is_executed';\n                    END IF;\n                    IF ordered.kind <> of_case.kind OR ordered.consumer_id <> of_case.consumer_id\n                       OR ordered.status NOT IN ('ASSIGNED', 'IN_PROGRESS', 'COMPLETED')\n                    THEN\n                        RAISE EXCEPTION 'the service order is not one of this request'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'an_execution_has_its_service_order';\n                    END IF;\n                    -- What counts is the live approval, else the last one.\n                    SELECT a.state INTO decision FROM cases_approval a\n                     WHERE a.case_id = NEW.request_id\n                     ORDER BY a.state IN ('PENDING', 'APPROVED') DESC, a.id DESC LIMIT 1;\n                    IF of_case.kind = 'DISCONNECTION' THEN\n                        SELECT v.answer INTO verdict FROM disconnections_protectionverdict v\n                         WHERE v.case_id = NEW.request_id ORDER BY v.id DESC LIMIT 1;\n                    END IF;\n                    IF verdict = 'BLOCKED' THEN\n                        RAISE EXCEPTION 'the account is protected'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'an_execution_is_not_blocked';\n                    END IF;\n                    IF decision IN ('PENDING', 'REJECTED')\n                       OR verdict = 'NEEDS_APPROVAL' AND decision IS DISTINCT FROM 'APPROVED'\n                    THEN\n                        RAISE EXCEPTION 'the request waits for approval'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'an_execution_waits_for_approval';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM cases_approval a WHERE a.case_id = NEW.request_id\n                                AND a.state = 'APPROVED' AND a.decided_by_id = NEW.executed_by_id)\n                    THEN\n                        RAISE EXCEPTION 'who approves does not execute'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'who_approves_does_not_execute';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM staff_rolemembership m\n                                     JOIN auth_group g ON g.id = m.group_id\n                                    WHERE m.person_id = NEW.executed_by_id\n                                      AND g.name IN ('CSE', 'RECOVERY', 'SUPERVISOR'))\n                    THEN\n                        RAISE EXCEPTION 'the role of who executes is not one that does'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'who_executes_may';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='171c4b1656b602ed9d5b7c798333ed75df647158', operation='INSERT', pgid='pgtrigger_an_execution_is_in_order_48c61', table='disconnections_execution', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ExecutedMeter',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('action', models.CharField(choices=[('UNASSIGN', 'Unassign Meter Only'), ('REMOVE', 'Remove Meter Completely')], max_length=10)),
                    ('meter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.meter')),
                    ('movement', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.inventorymovement')),
                    ('service_connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.serviceconnection')),
                    ('execution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meters', to='disconnections.execution')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('execution', 'service_connection'), name='a_service_is_ended_once'),
                        models.CheckConstraint(condition=models.Q(models.Q(('action', 'REMOVE'), ('movement__isnull', False)), models.Q(('action', 'UNASSIGN'), ('movement__isnull', True)), _connector='OR'), name='a_removed_meter_has_its_movement'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='a_movement_is_of_this_meter', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NEW.movement_id IS NOT NULL AND NEW.meter_id IS DISTINCT FROM\n                       (SELECT v.meter_id FROM consumers_inventorymovement v\n                         WHERE v.id = NEW.movement_id)\n                    THEN\n                        RAISE EXCEPTION 'the movement is of another meter'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_movement_is_of_this_meter';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='25e1b4f88370bc1b452b3859f3479239b4c46ecb', operation='INSERT', pgid='pgtrigger_a_movement_is_of_this_meter_d0a40', table='disconnections_executedmeter', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='executed_meters_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a28a945ccfb041bc01eb27bcd8a551e86caae6e2', operation='UPDATE OR DELETE', pgid='pgtrigger_executed_meters_stay_2f15d', table='disconnections_executedmeter', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ChecklistTick',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('item', models.CharField(choices=[('FINAL_BILL', 'Final bill generated and sent'), ('FINAL_PAYMENT', 'Final payment received'), ('EQUIPMENT', 'Equipment returned or retrieved'), ('CUSTOMER_NOTIFIED', 'Customer notified of closure'), ('RECORDS_ARCHIVED', 'Records archived'), ('ACCOUNT_CLOSED', 'Account officially closed'), ('MONEY_SETTLED', 'Debt and fee settled or arranged'), ('METER_VERIFIED', 'Meter verified'), ('READING_TAKEN', 'Opening reading taken'), ('CONSUMER_TOLD', 'Customer told of the reconnection')], max_length=20)),
                    ('ticked_at', models.DateTimeField()),
                    ('evidence', models.JSONField(default=dict)),
                    ('done_at', models.DateTimeField(blank=True, null=True)),
                    ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checklist', to='disconnections.disconnectionrequest')),
                    ('ticked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('request', 'item'), name='an_item_is_ticked_once'),
                        models.CheckConstraint(condition=models.Q(('done_at__isnull', True), ('item__in', ['RECORDS_ARCHIVED', 'ACCOUNT_CLOSED']), _connector='OR'), name='execute_does_the_last_two'),
                        models.CheckConstraint(condition=models.Q(('item__in', ['FINAL_BILL', 'FINAL_PAYMENT', 'EQUIPMENT', 'CUSTOMER_NOTIFIED', 'RECORDS_ARCHIVED', 'ACCOUNT_CLOSED', 'MONEY_SETTLED', 'METER_VERIFIED', 'READING_TAKEN', 'CONSUMER_TOLD'])), name='closure_item_is_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='a_closure_stays_as_it_was', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE of_request bigint;', func="\n    IF TG_OP <> 'DELETE' THEN\n        of_request := NEW.request_id;\n    ELSE\n        of_request := OLD.request_id;\n    END IF;\n    IF NOT EXISTS (SELECT 1 FROM cases_case c WHERE c.id = of_request AND c.ended_at IS NULL) THEN\n        RAISE EXCEPTION 'the request has ended: how it was closed stays'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_closure_stays_as_it_was';\n    END IF;\n    IF TG_OP = 'DELETE' THEN\n        RETURN OLD;\n    END IF;\n    RETURN NEW;\n", hash='cf7311a5411d11559152a569d8a909cd3f6c07bd', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_a_closure_stays_as_it_was_c35cc', table='disconnections_checklisttick', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Closure',
                fields=[
                    ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='closure', serialize=False, to='disconnections.disconnectionrequest')),
                    ('version', models.PositiveIntegerField(default=1, help_text='Grows with each change.')),
                    ('set_at', models.DateTimeField()),
                    ('service_order', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='fieldwork.serviceorder')),
                    ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='a_closure_stays_as_it_was', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE of_request bigint;', func="\n    IF TG_OP <> 'DELETE' THEN\n        of_request := NEW.request_id;\n    ELSE\n        of_request := OLD.request_id;\n    END IF;\n    IF NOT EXISTS (SELECT 1 FROM cases_case c WHERE c.id = of_request AND c.ended_at IS NULL) THEN\n        RAISE EXCEPTION 'the request has ended: how it was closed stays'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_closure_stays_as_it_was';\n    END IF;\n    IF TG_OP = 'DELETE' THEN\n        RETURN OLD;\n    END IF;\n    RETURN NEW;\n", hash='e6fd8a255015b4f28e046bed88b3fe80fe4951a2', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_a_closure_stays_as_it_was_7e8b8', table='disconnections_closure', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ClosureMeter',
                fields=[
                    ('requested_service', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='closure_meter', serialize=False, to='disconnections.requestedservice')),
                    ('action', models.CharField(choices=[('UNASSIGN', 'Unassign Meter Only'), ('REMOVE', 'Remove Meter Completely')], default='UNASSIGN', max_length=10)),
                    ('location_is_gone', models.BooleanField(default=False, verbose_name='service location permanently deactivated')),
                    ('is_damaged', models.BooleanField(default=False, verbose_name='meter damaged')),
                    ('destination', models.CharField(blank=True, choices=[('ON_SITE', 'On site'), ('IN_WAREHOUSE', 'In a warehouse'), ('DECOMMISSIONED', 'Decommissioned')], max_length=15)),
                    ('device_number', models.CharField(blank=True, max_length=40)),
                    ('meter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.meter')),
                    ('warehouse', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.warehouse')),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('action__in', ['UNASSIGN', 'REMOVE'])), name='meter_action_is_known'),
                        models.CheckConstraint(condition=models.Q(('action', 'REMOVE'), models.Q(('is_damaged', False), ('location_is_gone', False)), _connector='OR'), name='a_damaged_meter_is_removed'),
                        models.CheckConstraint(condition=models.Q(models.Q(('action', 'REMOVE'), ('destination', 'IN_WAREHOUSE'), ('warehouse__isnull', False)), models.Q(('action', 'REMOVE'), ('destination', 'DECOMMISSIONED'), ('warehouse__isnull', True)), models.Q(('action', 'UNASSIGN'), ('destination', ''), ('warehouse__isnull', True)), _connector='OR'), name='a_removed_meter_goes_somewhere'),
                        models.CheckConstraint(condition=models.Q(('meter__isnull', True), models.Q(('device_number', ''), _negated=True), _connector='OR'), name='a_verified_meter_was_typed'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='a_closure_stays_as_it_was', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE of_request bigint;', func="\n    IF TG_OP <> 'DELETE' THEN\n        of_request := NEW.requested_service_id;\n    ELSE\n        of_request := OLD.requested_service_id;\n    END IF;\n    IF NOT EXISTS (SELECT 1 FROM cases_case c WHERE c.id = (SELECT s.request_id FROM disconnections_requestedservice s WHERE s.id = of_request) AND c.ended_at IS NULL) THEN\n        RAISE EXCEPTION 'the request has ended: how it was closed stays'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_closure_stays_as_it_was';\n    END IF;\n    IF TG_OP = 'DELETE' THEN\n        RETURN OLD;\n    END IF;\n    RETURN NEW;\n", hash='b07edafc12321cbdf6eabc9f5e7b5cb6f344f6d2', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_a_closure_stays_as_it_was_c4bb0', table='disconnections_closuremeter', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ClosureNotice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('paper', models.CharField(choices=[('NOTICE', 'Closure notice'), ('BILL', 'Final bill')], max_length=10)),
                    ('way', models.CharField(choices=[('EMAIL', 'E-mail'), ('POSTED', 'Posted'), ('HANDED_OVER', 'Handed over')], max_length=12)),
                    ('given_on', models.DateField()),
                    ('invoice_number', models.CharField(blank=True, help_text='Which bill was given: a later one counts anew.', max_length=20)),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('message', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='comms.message')),
                    ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='closure_notices', to='disconnections.disconnectionrequest')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['request', '-id'], name='notice_by_request'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('paper__in', ['NOTICE', 'BILL'])), name='closure_paper_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('message__isnull', False), ('way', 'EMAIL')), models.Q(('message__isnull', True), ('way__in', ['POSTED', 'HANDED_OVER'])), _connector='OR'), name='a_notice_by_mail_is_a_message'),
                        models.CheckConstraint(condition=models.Q(models.Q(('invoice_number__gt', ''), ('paper', 'BILL')), models.Q(('invoice_number', ''), ('paper', 'NOTICE')), _connector='OR'), name='a_bill_that_was_given_has_a_number'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='closure_notices_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='351a7f5a331d314cd91d243971b88bad02895dd3', operation='UPDATE OR DELETE', pgid='pgtrigger_closure_notices_stay_f6821', table='disconnections_closurenotice', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='a_notice_is_not_of_the_future', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NEW.given_on > (least(NEW.at, clock_timestamp() + interval '5 seconds')\n                            AT TIME ZONE (SELECT u.time_zone FROM organisation_utility u\n                                           WHERE u.id = 1))::date\n            THEN\n                RAISE EXCEPTION 'a notice is not given on a day that has not come'\n                    USING ERRCODE = 'check_violation',\n                          CONSTRAINT = 'a_notice_is_not_of_the_future';\n            END IF;\n            RETURN NEW;\n            ", hash='dabda13244b55b41e0207d77155fa08e78887441', operation='INSERT', pgid='pgtrigger_a_notice_is_not_of_the_future_49a83', table='disconnections_closurenotice', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ReconnectedService',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('read_value', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True)),
                    ('read_on', models.DateField(blank=True, null=True)),
                    ('execution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reconnected', to='disconnections.execution')),
                    ('meter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.meter')),
                    ('movement', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.inventorymovement')),
                    ('service_connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.serviceconnection')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('execution', 'service_connection'), name='a_service_comes_back_once'),
                        models.CheckConstraint(condition=models.Q(models.Q(('meter__isnull', False), ('read_on__isnull', False), ('read_value__gte', 0)), models.Q(('meter__isnull', True), ('movement__isnull', True), ('read_on__isnull', True), ('read_value__isnull', True)), _connector='OR'), name='a_reconnected_meter_was_read'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='a_reconnected_service_is_of_its_request', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM disconnections_requestedservice s\n                          JOIN cases_case c ON c.id = s.request_id\n                         WHERE s.request_id = NEW.execution_id AND c.kind = 'RECONNECTION'\n                           AND s.service_connection_id = NEW.service_connection_id)\n                    THEN\n                        RAISE EXCEPTION 'the service is not one of this reconnection'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_reconnected_service_is_of_its_request';\n                    END IF;\n                    IF NEW.movement_id IS NOT NULL AND NOT EXISTS (\n                        SELECT 1 FROM consumers_inventorymovement v\n                         WHERE v.id = NEW.movement_id AND v.meter_id = NEW.meter_id\n                           AND v.to_place = 'ON_SITE')\n                    THEN\n                        RAISE EXCEPTION 'the movement did not bring this meter'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_movement_brings_this_meter';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='8564f48cbdae650a4ec757cedb159b6075d48c45', operation='INSERT', pgid='pgtrigger_a_reconnected_service_is_of_its_request_0df64', table='disconnections_reconnectedservice', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='reconnected_services_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e90c809f428cf7302e61559ce6707a3a9315c840', operation='UPDATE OR DELETE', pgid='pgtrigger_reconnected_services_stay_3def5', table='disconnections_reconnectedservice', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ReconnectionFee',
                fields=[
                    ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='reconnection_fee', serialize=False, to='disconnections.disconnectionrequest')),
                    ('posting', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.ledgertransaction')),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='a_reconnection_fee_is_of_its_request', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (SELECT 1 FROM billing_ledgertransaction t\n                                     JOIN cases_case c ON c.consumer_id = t.consumer_id\n                                    WHERE t.id = NEW.posting_id AND c.id = NEW.request_id\n                                      AND c.kind = 'RECONNECTION' AND t.reference = c.number\n                                      AND t.kind = 'RECONNECTION_FEE')\n                    THEN\n                        RAISE EXCEPTION 'the posting is no fee of this reconnection'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_reconnection_fee_is_of_its_request';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='638a0d805327209c7a51cecce2215b6acbdef25e', operation='INSERT', pgid='pgtrigger_a_reconnection_fee_is_of_its_request_891ef', table='disconnections_reconnectionfee', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='reconnection_fees_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='70ed987f9d3524f1087548ebc7529aae174498a6', operation='UPDATE OR DELETE', pgid='pgtrigger_reconnection_fees_stay_7af1f', table='disconnections_reconnectionfee', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ReconnectionMeter',
                fields=[
                    ('requested_service', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='reconnection_meter', serialize=False, to='disconnections.requestedservice')),
                    ('meter_number', models.CharField(blank=True, max_length=40)),
                    ('reading', models.DecimalField(blank=True, decimal_places=3, help_text="In the meter's unit.", max_digits=12, null=True)),
                    ('read_on', models.DateField(blank=True, null=True)),
                    ('meter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.meter')),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(models.Q(('meter__isnull', True), ('meter_number', '')), models.Q(('meter__isnull', False), ('meter_number__gt', '')), _connector='OR'), name='a_meter_of_a_reconnection_was_typed'),
                        models.CheckConstraint(condition=models.Q(models.Q(('read_on__isnull', True), ('reading__isnull', True)), models.Q(('meter__isnull', False), ('read_on__isnull', False), ('reading__gte', 0)), _connector='OR'), name='an_opening_reading_has_its_day_and_meter'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='a_closure_stays_as_it_was', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE of_request bigint;', func="\n    IF TG_OP <> 'DELETE' THEN\n        of_request := NEW.requested_service_id;\n    ELSE\n        of_request := OLD.requested_service_id;\n    END IF;\n    IF NOT EXISTS (SELECT 1 FROM cases_case c WHERE c.id = (SELECT s.request_id FROM disconnections_requestedservice s WHERE s.id = of_request) AND c.ended_at IS NULL) THEN\n        RAISE EXCEPTION 'the request has ended: how it was closed stays'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_closure_stays_as_it_was';\n    END IF;\n    IF TG_OP = 'DELETE' THEN\n        RETURN OLD;\n    END IF;\n    RETURN NEW;\n", hash='db7ec91a10e65246993ef7f320008714d20c6aca', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_a_closure_stays_as_it_was_61abf', table='disconnections_reconnectionmeter', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='RunAccount',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('outcome', models.CharField(choices=[('PROPOSED', 'Proposed'), ('LEFT_OUT', 'Left out'), ('CREATED', 'Request created'), ('PAID', 'Paid'), ('ARRANGED', 'Payment arranged'), ('STOPPED', 'Stopped'), ('CUT', 'Disconnected'), ('CLOSED', 'Closed')], max_length=10)),
                    ('outcome_at', models.DateTimeField()),
                    ('outstanding', models.DecimalField(decimal_places=2, help_text='Without what was disputed, when last judged.', max_digits=14)),
                    ('overdue', models.PositiveIntegerField(help_text='Days, when last judged.')),
                    ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), blank=True, default=list, size=None)),
                    ('findings', models.JSONField(blank=True, default=list, help_text='What stood in the way: rule, version, sentence.')),
                    ('consumer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.consumer')),
                    ('request', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='run_account', to='disconnections.disconnectionrequest')),
                    ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='disconnections.nonpaymentrun')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['run', 'outcome', '-outstanding', '-id'], name='run_account_by_outcome'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('run', 'consumer'), name='an_account_is_in_a_run_once'),
                        models.CheckConstraint(condition=models.Q(('outcome__in', ['PROPOSED', 'LEFT_OUT', 'CREATED', 'PAID', 'ARRANGED', 'STOPPED', 'CUT', 'CLOSED'])), name='outcome_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('outcome__in', ('CREATED', 'STOPPED', 'CUT', 'CLOSED')), ('request__isnull', False)), models.Q(('outcome__in', ('PROPOSED', 'LEFT_OUT')), ('request__isnull', True)), ('outcome__in', ['PAID', 'ARRANGED']), _connector='OR'), name='an_outcome_of_a_request_has_one'),
                        models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'LEFT_OUT'), _negated=True), models.Q(('reasons', []), _negated=True), _connector='OR'), name='what_is_left_out_says_why'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='outcomes_move_along_arrows', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'DELETE' THEN\n                        RAISE EXCEPTION 'the collection record stays'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'collection_records_stay';\n                    END IF;\n                    IF TG_OP = 'INSERT' THEN\n                        IF NEW.outcome NOT IN ('PROPOSED', 'LEFT_OUT') OR NOT EXISTS (\n                            SELECT 1 FROM disconnections_nonpaymentrun r\n                             WHERE r.id = NEW.run_id AND r.state = 'PREPARING')\n                        THEN\n                            RAISE EXCEPTION 'accounts are chosen while a run is being prepared'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'accounts_are_chosen_when_proposed';\n                        END IF;\n                        RETURN NEW;\n                    END IF;\n                    IF (NEW.run_id, NEW.consumer_id) IS DISTINCT FROM (OLD.run_id, OLD.consumer_id)\n                       OR (OLD.request_id IS NOT NULL\n                           AND NEW.request_id IS DISTINCT FROM OLD.request_id)\n                       OR (NEW.request_id IS DISTINCT FROM OLD.request_id\n                           AND (OLD.outcome <> 'PROPOSED' OR NEW.outcome <> 'CREATED'\n                                OR NOT EXISTS (SELECT 1 FROM cases_case c\n                                                WHERE c.id = NEW.request_id\n                                                  AND c.consumer_id = NEW.consumer_id)))\n                    THEN\n                        RAISE EXCEPTION 'a record is of one account and its one request'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'collection_records_stay';\n                    END IF;\n                    IF NEW.outcome <> OLD.outcome AND (OLD.outcome, NEW.outcome)\n                       NOT IN (VALUES ('PROPOSED','ARRANGED'), ('PROPOSED','CREATED'), ('PROPOSED','LEFT_OUT'), ('PROPOSED','PAID'), ('CREATED','ARRANGED'), ('CREATED','CLOSED'), ('CREATED','CUT'), ('CREATED','PAID'), ('CREATED','STOPPED'), ('ARRANGED','CLOSED'), ('ARRANGED','CREATED'), ('ARRANGED','CUT'), ('ARRANGED','PAID'), ('ARRANGED','STOPPED'), ('STOPPED','ARRANGED'), ('STOPPED','CLOSED'), ('STOPPED','CREATED'), ('STOPPED','CUT'), ('STOPPED','PAID'))\n                    THEN\n                        RAISE EXCEPTION 'no arrow from % to %', OLD.outcome, NEW.outcome\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'outcomes_move_along_arrows';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='b0bd7f3537fcb335ab7dba20e786fc906dff734f', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_outcomes_move_along_arrows_05d7f', table='disconnections_runaccount', when='BEFORE')),
                    ],
                },
            ),
        ]),
    ]
