"""People, their roles and their sign-ins, with their history."""

import django.contrib.auth.models
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from smart360.kernel.migrations._together import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("staff", "0002_sign_in_log_and_history"),
        ("staff", "0004_roles_as_administrators_see_them"),
    ]

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        CreateTogether([
            migrations.CreateModel(
                name='Person',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('username', models.CharField(max_length=60)),
                    ('full_name', models.CharField(max_length=120)),
                    ('email', models.EmailField(blank=True, max_length=254)),
                    ('phone', models.CharField(blank=True, max_length=40)),
                    ('is_active', models.BooleanField(default=True, help_text='Somebody who left is made inactive, never deleted.')),
                    ('wants_notices_by_email', models.BooleanField(default=True)),
                    ('uses_single_keys', models.BooleanField(default=True, help_text='Keyboard shortcuts of a single letter.')),
                    ('joined_at', models.DateTimeField(auto_now_add=True)),
                    ('is_demo', models.BooleanField(default=False, editable=False, help_text='Came with the demo data, with a password everybody knows; refused in production.')),
                    ('session_generation', models.PositiveIntegerField(default=0, editable=False, help_text='Grows when the person is made inactive, which ends every session for good.')),
                    ('groups', models.ManyToManyField(related_name='people', through='staff.RoleMembership', through_fields=('person', 'group'), to='auth.group')),
                ],
                options={
                    'verbose_name': 'person',
                    'verbose_name_plural': 'people',
                    'constraints': [
                        models.UniqueConstraint(fields=('username',), name='username_is_taken_once', violation_error_message='Somebody has this username already.'),
                        models.CheckConstraint(condition=models.Q(('full_name', ''), _negated=True), name='person_has_a_name'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='sessions_end_with_deactivation', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT NEW."is_active" AND OLD."is_active")', func='NEW.session_generation := OLD.session_generation + 1; RETURN NEW;', hash='9f7608af3fd318fa74921e807428489903ec49d5', operation='UPDATE', pgid='pgtrigger_sessions_end_with_deactivation_2ea52', table='staff_person', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_personevent" ("email", "full_name", "id", "is_active", "is_demo", "joined_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "username", "uses_single_keys", "wants_notices_by_email") VALUES (NEW."email", NEW."full_name", NEW."id", NEW."is_active", NEW."is_demo", NEW."joined_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."username", NEW."uses_single_keys", NEW."wants_notices_by_email"); RETURN NULL;', hash='bec4a23e21ae9d06124103cdf1717c4b1e69a5fd', operation='INSERT', pgid='pgtrigger_insert_insert_b6b3a', table='staff_person', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."full_name" IS DISTINCT FROM (NEW."full_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_demo" IS DISTINCT FROM (NEW."is_demo") OR OLD."joined_at" IS DISTINCT FROM (NEW."joined_at") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."username" IS DISTINCT FROM (NEW."username") OR OLD."uses_single_keys" IS DISTINCT FROM (NEW."uses_single_keys") OR OLD."wants_notices_by_email" IS DISTINCT FROM (NEW."wants_notices_by_email"))', func='INSERT INTO "staff_personevent" ("email", "full_name", "id", "is_active", "is_demo", "joined_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "username", "uses_single_keys", "wants_notices_by_email") VALUES (NEW."email", NEW."full_name", NEW."id", NEW."is_active", NEW."is_demo", NEW."joined_at", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."username", NEW."uses_single_keys", NEW."wants_notices_by_email"); RETURN NULL;', hash='059a7c747eced0aa5ef0e33074a3abc20ff75081', operation='UPDATE', pgid='pgtrigger_update_update_72eb5', table='staff_person', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='RoleMembership',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('given_at', models.DateTimeField(auto_now_add=True)),
                    ('given_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='auth.group', verbose_name='role')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'role held',
                    'verbose_name_plural': 'roles held',
                    'constraints': [
                        models.UniqueConstraint(fields=('person', 'group'), name='role_is_held_once'),
                        models.CheckConstraint(condition=models.Q(('person', models.F('given_by')), _negated=True), name='nobody_gives_a_role_to_themselves'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='roles_kept_apart', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE names text[];', func="\n                    PERFORM 1 FROM staff_person WHERE id = NEW.person_id FOR UPDATE;\n                    SELECT array_agg(g.name::text) INTO names FROM staff_rolemembership m\n                      JOIN auth_group g ON g.id = m.group_id WHERE m.person_id = NEW.person_id;\n                    IF (names @> ARRAY['ADMIN', 'RECOVERY']) OR (names @> ARRAY['ADMIN', 'BILLING']) OR (names @> ARRAY['ADMIN', 'SUPERVISOR']) THEN\n                        RAISE EXCEPTION 'An administrator holds no other role with money rights'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'roles_kept_apart';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='a5fa4b54d44878f0b910cf6902d2a3f716036310', operation='INSERT OR UPDATE', pgid='pgtrigger_roles_kept_apart_1cb42', table='staff_rolemembership', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_rolemembershipevent" ("given_at", "given_by_id", "group_id", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."given_at", NEW."given_by_id", NEW."group_id", NEW."id", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='2968443950ace398db53ae7a1b1974677bb06b42', operation='INSERT', pgid='pgtrigger_insert_insert_87745', table='staff_rolemembership', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "staff_rolemembershipevent" ("given_at", "given_by_id", "group_id", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."given_at", NEW."given_by_id", NEW."group_id", NEW."id", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='ee9c60a2dd7229a9a11a348b698f13c8f7f475d2', operation='UPDATE', pgid='pgtrigger_update_update_d15a7', table='staff_rolemembership', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_rolemembershipevent" ("given_at", "given_by_id", "group_id", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."given_at", OLD."given_by_id", OLD."group_id", OLD."id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='8404b888e96fcf422be81faba0dab4d0d92bfc6a', operation='DELETE', pgid='pgtrigger_delete_delete_db8f2', table='staff_rolemembership', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='PersonEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('username', models.CharField(max_length=60)),
                    ('full_name', models.CharField(max_length=120)),
                    ('email', models.EmailField(blank=True, max_length=254)),
                    ('phone', models.CharField(blank=True, max_length=40)),
                    ('is_active', models.BooleanField(default=True, help_text='Somebody who left is made inactive, never deleted.')),
                    ('wants_notices_by_email', models.BooleanField(default=True)),
                    ('uses_single_keys', models.BooleanField(default=True, help_text='Keyboard shortcuts of a single letter.')),
                    ('is_demo', models.BooleanField(default=False, editable=False, help_text='Came with the demo data, with a password everybody knows; refused in production.')),
                    ('joined_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2935c41e91d8a4f21f88b5d954714226e3b56956', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_5b36a', table='staff_personevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='RoleMembershipEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('given_at', models.DateTimeField(auto_now_add=True)),
                    ('given_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('group', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='auth.group', verbose_name='role')),
                    ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='staff.rolemembership')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4f566fbcb11d06cffe2a73fbfb7d97c6b8e2f041', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7a7c4', table='staff_rolemembershipevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SignIn',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('outcome', models.CharField(choices=[('SIGNED_IN', 'Signed in'), ('SIGNED_OUT', 'Signed out'), ('REFUSED', 'Refused: name or password is not right'), ('LOCKED_OUT', 'Refused: too many wrong passwords'), ('PASSWORD_CHANGED', 'Password changed'), ('PASSWORD_SET', 'Password set by an administrator')], max_length=20)),
                    ('name_digest', models.CharField(blank=True, max_length=64)),
                    ('address', models.GenericIPAddressField(blank=True, null=True)),
                    ('by', models.ForeignKey(blank=True, help_text='The administrator who acted, where it was not the person.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sign_ins', to=settings.AUTH_USER_MODEL)),
                    ('begins_lock_out', models.BooleanField(db_default=False, default=False, help_text="The first line of a person's lock-out, of which administrators were told.")),
                ],
                options={
                    'verbose_name': 'sign-in',
                    'verbose_name_plural': 'sign-in log',
                    'indexes': [
                        models.Index(fields=['person', '-at'], name='sign_in_by_person'),
                        models.Index(fields=['address', 'at'], name='sign_in_by_address'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('outcome__in', ['SIGNED_IN', 'SIGNED_OUT', 'REFUSED', 'LOCKED_OUT', 'PASSWORD_CHANGED', 'PASSWORD_SET'])), name='sign_in_outcome_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('name_digest', ''), ('person__isnull', False)), models.Q(('name_digest__regex', '^[0-9a-f]{64}$'), ('person__isnull', True)), _connector='OR'), name='sign_in_names_a_person_or_a_digest'),
                        models.CheckConstraint(condition=models.Q(('begins_lock_out', False), models.Q(('outcome', 'LOCKED_OUT'), ('person__isnull', False)), _connector='OR'), name='only_a_persons_lock_out_begins'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='sign_ins_are_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c771047b519c6805650ede6c485127abe3c4a47e', operation='UPDATE OR DELETE', pgid='pgtrigger_sign_ins_are_never_changed_dd415', table='staff_signin', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='RoleGroup',
                fields=[
                ],
                options={
                    'verbose_name': 'role',
                    'verbose_name_plural': 'roles',
                    'proxy': True,
                    'indexes': [],
                    'constraints': [],
                },
                bases=('auth.group',),
                managers=[
                    ('objects', django.contrib.auth.models.GroupManager()),
                ],
            ),
        ]),
    ]
