"""Consumers, where they live, what serves them and what is measured."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from smart360.kernel.migrations._together import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("consumers", "0002_initial"),
        ("consumers", "0003_guard_addresses_and_meters"),
        ("consumers", "0005_connections_tokens_and_guards_stay"),
        ("consumers", "0006_money_figures_holds_and_freeze"),
        ("consumers", "0011_accounts_are_archived"),
        ("consumers", "0012_readings_never_fall"),
        ("consumers", "0013_words_of_readings_are_known"),
        ("consumers", "0014_accounts_end_by_execution"),
        ("consumers", "0015_services_come_back_by_execution"),
        ("consumers", "0016_holds_are_proposed"),
    ]

    dependencies = [
        ("kernel", "0001_extensions"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether([
            migrations.CreateModel(
                name='Device',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.CharField(max_length=40)),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('number',), name='device_number_is_unique'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Premise',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('address', models.CharField(max_length=200)),
                    ('area', models.CharField(blank=True, max_length=60)),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('address', ''), _negated=True), name='premise_has_address'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='address_guarded', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NEW.address IS DISTINCT FROM OLD.address\n                       AND coalesce(current_setting('smart360.guard', true), '') <> 'lifted'\n                       AND EXISTS (SELECT 1 FROM consumers_serviceconnection s\n                                     JOIN consumers_guard g ON g.consumer_id = s.consumer_id\n                                    WHERE s.premise_id = OLD.id)\n                    THEN\n                        RAISE EXCEPTION 'an open request guards this address'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'profile_is_guarded';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='b274181df47ac8f9da831f19ef8ed710769f2845', operation='UPDATE OF "address"', pgid='pgtrigger_address_guarded_70c16', table='consumers_premise', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Category',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=60)),
                    ('is_active', models.BooleanField(default=True, help_text='Retire a category; never delete it.')),
                ],
                options={
                    'verbose_name_plural': 'categories',
                    'constraints': [
                        models.UniqueConstraint(fields=('name',), name='category_name_is_taken_once'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consumers_categoryevent" ("id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='9bc9e3a58bea05441eaa59943379ec4df271de91', operation='INSERT', pgid='pgtrigger_insert_insert_f1291', table='consumers_category', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "consumers_categoryevent" ("id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='1624486ff1cb76f52425f22a5c749c8a1942b553', operation='UPDATE', pgid='pgtrigger_update_update_e55bd', table='consumers_category', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='CategoryEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name', models.CharField(max_length=60)),
                    ('is_active', models.BooleanField(default=True, help_text='Retire a category; never delete it.')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='consumers.category')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='64e6a7b71389c1a50f8bfd1b452cab9192c6bc03', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b99fe', table='consumers_categoryevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Subcategory',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=60)),
                    ('is_active', models.BooleanField(default=True)),
                    ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='subcategories', to='consumers.category')),
                ],
                options={
                    'verbose_name_plural': 'subcategories',
                    'constraints': [
                        models.UniqueConstraint(fields=('category', 'name'), name='subcategory_name_is_taken_once'),
                        models.UniqueConstraint(fields=('id', 'category'), name='subcategory_in_its_category'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consumers_subcategoryevent" ("category_id", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."category_id", NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='553f77bf02aa28b5304dd8f0f2f0fc3c5715f3c1', operation='INSERT', pgid='pgtrigger_insert_insert_95e78', table='consumers_subcategory', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "consumers_subcategoryevent" ("category_id", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."category_id", NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='f0635667044cba36c587593a50b208e264f89fb9', operation='UPDATE', pgid='pgtrigger_update_update_78ca9', table='consumers_subcategory', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Consumer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('account_number', models.CharField(max_length=40)),
                    ('name', models.CharField(max_length=120)),
                    ('status', models.CharField(choices=[('ACTIVE', 'Active'), ('INACTIVE', 'Inactive'), ('PENDING', 'Pending'), ('DISCONNECTED', 'Disconnected'), ('COLLECTION', 'Collection')], default='PENDING', max_length=15)),
                    ('is_vip', models.BooleanField(default=False)),
                    ('phone', models.CharField(blank=True, max_length=40)),
                    ('phone_digits', models.CharField(blank=True, editable=False, max_length=20)),
                    ('email', models.EmailField(blank=True, max_length=254)),
                    ('billing_address', models.CharField(blank=True, help_text='Empty: the same as the service address.', max_length=200)),
                    ('registered_on', models.DateField()),
                    ('search_text', models.TextField(editable=False, help_text='Name and addresses, upper case and without accents.')),
                    ('version', models.PositiveIntegerField(default=1, help_text='Grows with each profile change.')),
                    ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.category')),
                    ('subcategory', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.subcategory')),
                    ('archived_at', models.DateTimeField(blank=True, help_text='Since then out of default lists and billing runs.', null=True)),
                ],
                options={
                    'indexes': [
                        models.Index(django.contrib.postgres.indexes.OpClass(models.F('account_number'), name='text_pattern_ops'), name='consumer_by_account'),
                        models.Index(django.contrib.postgres.indexes.OpClass(models.Func(models.F('account_number'), function='reverse'), 'text_pattern_ops'), name='consumer_by_account_end'),
                        models.Index(django.contrib.postgres.indexes.OpClass(models.F('phone_digits'), name='text_pattern_ops'), name='consumer_by_phone'),
                        models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Right('phone_digits', 10), name='text_pattern_ops'), name='consumer_by_phone_last_ten'),
                        models.Index(django.contrib.postgres.indexes.OpClass(models.Func(models.F('phone_digits'), function='reverse'), 'text_pattern_ops'), name='consumer_by_phone_end'),
                        django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('search_text'), name='gin_trgm_ops'), name='consumer_by_text'),
                        models.Index(fields=['status', 'id'], name='consumer_by_status'),
                        models.Index(fields=['status', 'account_number'], name='consumer_by_status_and_account'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('account_number',), name='account_number_is_unique'),
                        models.CheckConstraint(condition=models.Q(('status__in', ['ACTIVE', 'INACTIVE', 'PENDING', 'DISCONNECTED', 'COLLECTION'])), name='account_status_is_known'),
                        models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='consumer_has_a_name'),
                        models.CheckConstraint(condition=models.Q(('account_number__regex', '^[A-Z0-9][A-Z0-9./-]*$')), name='account_number_is_upper_case'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='profile_guarded', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NEW.account_number <> OLD.account_number THEN\n                        RAISE EXCEPTION 'an account number never changes'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'account_number_never_changes';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM consumers_profilelock l\n                                WHERE l.consumer_id = OLD.id AND l.expires_at > clock_timestamp()\n                                  AND l.holder_id::text <>\n                                      coalesce(current_setting('smart360.actor', true), ''))\n                    THEN\n                        RAISE EXCEPTION 'somebody else holds this profile'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'profile_is_held';\n                    END IF;\n                    IF (NEW.name, NEW.status, NEW.category_id, NEW.subcategory_id)\n                       IS DISTINCT FROM (OLD.name, OLD.status, OLD.category_id, OLD.subcategory_id)\n                       AND coalesce(current_setting('smart360.guard', true), '') <> 'lifted'\n                       AND EXISTS (SELECT 1 FROM consumers_guard g WHERE g.consumer_id = OLD.id)\n                    THEN\n                        RAISE EXCEPTION 'an open request guards this profile'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'profile_is_guarded';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='54bc646c29cd0d8ade05916b6a33119d5c9d687b', operation='UPDATE', pgid='pgtrigger_profile_guarded_4bc06', table='consumers_consumer', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='an_account_ends_by_execution', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NEW.status IN ('INACTIVE', 'DISCONNECTED') AND NEW.status <> OLD.status\n                       AND NOT EXISTS (\n                           SELECT 1 FROM disconnections_execution x\n                             JOIN cases_case c ON c.id = x.request_id\n                            WHERE c.consumer_id = NEW.id\n                              AND x.in_transaction = pg_current_xact_id()::text::bigint)\n                    THEN\n                        RAISE EXCEPTION 'an account ends when its disconnection is carried out'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'an_account_ends_by_execution';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='8e57919306004a1a33b0289ccb8785b0522090d9', operation='UPDATE OF "status"', pgid='pgtrigger_an_account_ends_by_execution_d164a', table='consumers_consumer', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='an_account_comes_back_by_execution', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF OLD.status IN ('INACTIVE', 'DISCONNECTED')\n                       AND NEW.status NOT IN ('INACTIVE', 'DISCONNECTED')\n                       AND NOT EXISTS (\n                           SELECT 1 FROM disconnections_execution x\n                             JOIN cases_case c ON c.id = x.request_id\n                            WHERE c.consumer_id = NEW.id AND c.kind = 'RECONNECTION'\n                              AND x.in_transaction = pg_current_xact_id()::text::bigint)\n                    THEN\n                        RAISE EXCEPTION 'an account comes back when it is reconnected'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'an_account_comes_back_by_execution';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='7d3cfd5001ddd10bc88b659e89576c51827a8cc5', operation='UPDATE OF "status"', pgid='pgtrigger_an_account_comes_back_by_execution_9ea2c', table='consumers_consumer', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='an_account_is_archived_by_execution', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.archived_at IS DISTINCT FROM NEW.archived_at)', func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM disconnections_execution x\n                          JOIN cases_case c ON c.id = x.request_id\n                         WHERE c.consumer_id = NEW.id\n                           AND x.in_transaction = pg_current_xact_id()::text::bigint\n                           AND CASE WHEN NEW.archived_at IS NULL THEN c.kind = 'RECONNECTION'\n                                    ELSE c.kind = 'DISCONNECTION' AND NEW.status = 'INACTIVE'\n                                         AND x.account_status = 'INACTIVE' END)\n                    THEN\n                        RAISE EXCEPTION 'an account is archived when it is closed for good'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'an_account_is_archived_by_execution';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='7969f3354eadc49681b5b9c9b81122b1085fe14b', operation='UPDATE OF "archived_at"', pgid='pgtrigger_an_account_is_archived_by_execution_cd999', table='consumers_consumer', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Guard',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('placed_by', models.CharField(max_length=30)),
                    ('placed_at', models.DateTimeField()),
                    ('consumer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='guards', to='consumers.consumer')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('placed_by',), name='a_request_places_one_guard'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='guards_stay_while_the_request_is_open', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' THEN\n                        RAISE EXCEPTION 'a guard is placed and removed, never changed'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'guards_stay';\n                    END IF;\n                    IF TG_OP = 'INSERT' THEN\n                        IF EXISTS (SELECT 1 FROM cases_case c WHERE c.number = NEW.placed_by\n                                    AND (c.consumer_id IS DISTINCT FROM NEW.consumer_id\n                                         OR c.ended_at IS NOT NULL))\n                        THEN\n                            RAISE EXCEPTION 'an ended or foreign request guards nothing'\n                                USING ERRCODE = 'check_violation', CONSTRAINT = 'guards_are_needed';\n                        END IF;\n                        RETURN NEW;\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM cases_case c WHERE c.number = OLD.placed_by\n                                AND c.ended_at IS NULL)\n                    THEN\n                        RAISE EXCEPTION 'the request that placed this guard is open'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'guards_stay';\n                    END IF;\n                    RETURN OLD;\n                    ", hash='2f1324131902f92a781876f4dd2c1cdb441ef37e', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_guards_stay_while_the_request_is_open_32dd2', table='consumers_guard', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ServiceConnection',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('utility_type', models.CharField(choices=[('ELECTRICITY', 'Electricity'), ('WATER', 'Water'), ('GAS', 'Gas')], max_length=15)),
                    ('supply_state', models.CharField(choices=[('CONNECTED', 'Connected'), ('OFF_FOR_NOW', 'Disconnected temporarily'), ('OFF_FOR_GOOD', 'Disconnected for good')], default='CONNECTED', max_length=15)),
                    ('connected_on', models.DateField()),
                    ('consumer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='connections', to='consumers.consumer')),
                    ('premise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='connections', to='consumers.premise')),
                    ('billing_frozen_at', models.DateTimeField(blank=True, help_text='Since then nothing but settling is posted (M14).', null=True)),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('consumer', 'premise', 'utility_type'), name='a_utility_is_connected_once_per_premise'),
                        models.CheckConstraint(condition=models.Q(('supply_state__in', ['CONNECTED', 'OFF_FOR_NOW', 'OFF_FOR_GOOD'])), name='supply_state_is_known'),
                        models.CheckConstraint(condition=models.Q(('utility_type__in', ['ELECTRICITY', 'WATER', 'GAS'])), name='utility_type_is_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='a_connection_stays_where_it_is', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF (NEW.consumer_id, NEW.premise_id, NEW.utility_type)\n                       IS DISTINCT FROM (OLD.consumer_id, OLD.premise_id, OLD.utility_type)\n                    THEN\n                        RAISE EXCEPTION 'a service connection keeps consumer, premise and utility'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_connection_stays_where_it_is';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='3c27e127f21470956e7decdad8088bd89778ef63', operation='UPDATE OF "consumer_id", "premise_id", "utility_type"', pgid='pgtrigger_a_connection_stays_where_it_is_b5d51', table='consumers_serviceconnection', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='supply_ends_by_execution', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NEW.supply_state <> 'CONNECTED' AND NEW.supply_state <> OLD.supply_state\n                       AND NOT EXISTS (\n                           SELECT 1 FROM disconnections_execution x\n                             JOIN disconnections_requestedservice s ON s.request_id = x.request_id\n                            WHERE s.service_connection_id = NEW.id\n                              AND x.in_transaction = pg_current_xact_id()::text::bigint)\n                    THEN\n                        RAISE EXCEPTION 'a service is switched off by carrying out a request for it'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'supply_ends_by_execution';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='96e3e544b5c67056e6312b22c1a920788c31ab79', operation='UPDATE OF "supply_state"', pgid='pgtrigger_supply_ends_by_execution_e1fcd', table='consumers_serviceconnection', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='supply_comes_back_by_execution', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NEW.supply_state <> 'CONNECTED' OR OLD.supply_state = 'CONNECTED' THEN\n                        RETURN NEW;\n                    END IF;\n                    IF NOT EXISTS (\n                        SELECT 1 FROM disconnections_execution x\n                          JOIN cases_case c ON c.id = x.request_id\n                          JOIN disconnections_requestedservice s ON s.request_id = x.request_id\n                         WHERE s.service_connection_id = NEW.id AND c.kind = 'RECONNECTION'\n                           AND x.in_transaction = pg_current_xact_id()::text::bigint)\n                    THEN\n                        RAISE EXCEPTION 'a service comes back by carrying out a reconnection'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'supply_comes_back_by_execution';\n                    END IF;\n                    -- Who moves in at the same moment waits here for the other.\n                    PERFORM 1 FROM consumers_premise p\n                      WHERE p.id = NEW.premise_id FOR NO KEY UPDATE;\n                    IF EXISTS (\n                        SELECT 1 FROM consumers_serviceconnection o\n                         WHERE o.premise_id = NEW.premise_id\n                           AND o.utility_type = NEW.utility_type\n                           AND o.consumer_id <> NEW.consumer_id\n                           AND o.supply_state = 'CONNECTED')\n                    THEN\n                        RAISE EXCEPTION 'somebody else is supplied there'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_premise_has_one_occupier';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='b87ea0facfcd0a04893e9d4f1c77d5068862fb49', operation='UPDATE OF "supply_state"', pgid='pgtrigger_supply_comes_back_by_execution_128dc', table='consumers_serviceconnection', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SubcategoryEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name', models.CharField(max_length=60)),
                    ('is_active', models.BooleanField(default=True)),
                    ('category', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='consumers.category')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='consumers.subcategory')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1f1246f7a65496efb813d05d18b86402f8787ccd', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2a2bb', table='consumers_subcategoryevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ProfileLock',
                fields=[
                    ('consumer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='profile_lock', serialize=False, to='consumers.consumer')),
                    ('purpose', models.CharField(choices=[('CREATE_REQUEST', 'Creating a request'), ('EDIT_PROFILE', 'Changing the profile')], max_length=20)),
                    ('token', models.PositiveIntegerField(default=1)),
                    ('taken_at', models.DateTimeField()),
                    ('expires_at', models.DateTimeField()),
                    ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='profile_locks', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('expires_at__gte', models.F('taken_at'))), name='a_lock_ends_after_it_began'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='tokens_only_grow', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    -- A row that is gone would begin at 1 again: an old token would count.\n                    IF TG_OP = 'UPDATE' THEN\n                        IF NEW.consumer_id = OLD.consumer_id\n                           AND NEW.token >= OLD.token + (NEW.holder_id <> OLD.holder_id)::int\n                        THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'the token of a profile grows with each holder'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'tokens_only_grow';\n                    ", hash='de521f723cfe9bd7ca3ba1b924c6b9462c1cb7a1', operation='UPDATE OR DELETE', pgid='pgtrigger_tokens_only_grow_4505e', table='consumers_profilelock', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='AccountHold',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('ARRANGEMENT', 'Payment arrangement'), ('MEDICAL', 'Medical certificate'), ('DISPUTE', 'Dispute'), ('LEGAL', 'Legal matter'), ('DECEASED', 'Deceased')], max_length=15)),
                    ('from_on', models.DateField()),
                    ('to_on', models.DateField(blank=True, help_text='The last day; empty: until lifted.', null=True)),
                    ('source', models.CharField(help_text='The number of what it rests on.', max_length=60)),
                    ('amount', models.DecimalField(blank=True, decimal_places=2, help_text='Disputed: so much of it.', max_digits=14, null=True)),
                    ('placed_at', models.DateTimeField()),
                    ('lifted_at', models.DateTimeField(blank=True, null=True)),
                    ('consumer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='consumers.consumer')),
                    ('lifted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('placed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [
                        models.Index(condition=models.Q(('lifted_at__isnull', True)), fields=['consumer'], name='account_hold_that_stands'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('kind__in', ['ARRANGEMENT', 'MEDICAL', 'DISPUTE', 'LEGAL', 'DECEASED'])), name='account_hold_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(('to_on__isnull', True), ('to_on__gte', models.F('from_on')), _connector='OR'), name='an_account_hold_ends_after_it_began'),
                        models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='a_hold_has_a_source'),
                        models.CheckConstraint(condition=models.Q(('amount__isnull', True), models.Q(('amount__gt', 0), ('amount__lt', 1000000000000)), _connector='OR'), name='a_held_amount_is_positive'),
                        models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('consumer', 'kind', 'source'), name='a_source_holds_an_account_once'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consumers_accountholdevent" ("amount", "consumer_id", "from_on", "id", "kind", "lifted_at", "lifted_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placed_at", "placed_by_id", "source", "to_on") VALUES (NEW."amount", NEW."consumer_id", NEW."from_on", NEW."id", NEW."kind", NEW."lifted_at", NEW."lifted_by_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."placed_at", NEW."placed_by_id", NEW."source", NEW."to_on"); RETURN NULL;', hash='f9bcb7497ed3621f02582a81650bb66f7f2ac74f', operation='INSERT', pgid='pgtrigger_insert_insert_ab0e0', table='consumers_accounthold', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "consumers_accountholdevent" ("amount", "consumer_id", "from_on", "id", "kind", "lifted_at", "lifted_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placed_at", "placed_by_id", "source", "to_on") VALUES (NEW."amount", NEW."consumer_id", NEW."from_on", NEW."id", NEW."kind", NEW."lifted_at", NEW."lifted_by_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."placed_at", NEW."placed_by_id", NEW."source", NEW."to_on"); RETURN NULL;', hash='12f5709f49083e518556253a833a31d17db8bf48', operation='UPDATE', pgid='pgtrigger_update_update_94a0c', table='consumers_accounthold', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consumers_accountholdevent" ("amount", "consumer_id", "from_on", "id", "kind", "lifted_at", "lifted_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placed_at", "placed_by_id", "source", "to_on") VALUES (OLD."amount", OLD."consumer_id", OLD."from_on", OLD."id", OLD."kind", OLD."lifted_at", OLD."lifted_by_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."placed_at", OLD."placed_by_id", OLD."source", OLD."to_on"); RETURN NULL;', hash='0f91b27b3b988e12558ea4124eeb47beace9ecca', operation='DELETE', pgid='pgtrigger_delete_delete_c8fd5', table='consumers_accounthold', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='AccountHoldEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('kind', models.CharField(choices=[('ARRANGEMENT', 'Payment arrangement'), ('MEDICAL', 'Medical certificate'), ('DISPUTE', 'Dispute'), ('LEGAL', 'Legal matter'), ('DECEASED', 'Deceased')], max_length=15)),
                    ('from_on', models.DateField()),
                    ('to_on', models.DateField(blank=True, help_text='The last day; empty: until lifted.', null=True)),
                    ('source', models.CharField(help_text='The number of what it rests on.', max_length=60)),
                    ('amount', models.DecimalField(blank=True, decimal_places=2, help_text='Disputed: so much of it.', max_digits=14, null=True)),
                    ('placed_at', models.DateTimeField()),
                    ('lifted_at', models.DateTimeField(blank=True, null=True)),
                    ('consumer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='consumers.consumer')),
                    ('lifted_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='consumers.accounthold')),
                    ('placed_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a953bafb2386028f91aac7ba8698461f8186f509', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_69437', table='consumers_accountholdevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='BalanceChange',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('change', models.DecimalField(decimal_places=2, max_digits=14)),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('change__range', (-1000000000000, 1000000000000))), name='a_balance_change_is_a_number'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='BalanceTotal',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('balance', models.DecimalField(decimal_places=2, default=0, max_digits=16)),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('pk', 1)), name='there_is_one_total'),
                        models.CheckConstraint(condition=models.Q(('balance__range', (-100000000000000, 100000000000000))), name='a_total_is_a_number'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ConsumerFigures',
                fields=[
                    ('consumer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='figures', serialize=False, to='consumers.consumer')),
                    ('balance', models.DecimalField(decimal_places=2, default=0, help_text='Owed by the consumer; below 0: to.', max_digits=14)),
                    ('deposit', models.DecimalField(decimal_places=2, default=0, help_text='Security deposit held.', max_digits=14)),
                    ('last_billed_on', models.DateField(blank=True, null=True)),
                    ('oldest_due_on', models.DateField(blank=True, help_text='Due date of the oldest invoice not yet paid in full.', null=True)),
                ],
                options={
                    'verbose_name_plural': 'consumer figures',
                    'indexes': [
                        models.Index(condition=models.Q(('oldest_due_on__isnull', False)), fields=['oldest_due_on', 'consumer'], name='figures_by_oldest_due'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('balance__range', (-1000000000000, 1000000000000))), name='a_balance_is_a_number'),
                        models.CheckConstraint(condition=models.Q(('deposit__range', (0, 1000000000000))), name='a_deposit_is_not_negative'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='figures_follow_the_ledger', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    -- Depth 1 is a statement of somebody's own; the ledger's trigger stands deeper.\n                    IF pg_trigger_depth() > 1 THEN\n                        RETURN NEW;\n                    END IF;\n                    IF TG_OP = 'INSERT' THEN\n                        IF NEW.balance = 0 AND NEW.deposit = 0 THEN\n                            RETURN NEW;\n                        END IF;\n                    ELSIF TG_OP = 'UPDATE' THEN\n                        IF (NEW.consumer_id, NEW.balance, NEW.deposit)\n                           = (OLD.consumer_id, OLD.balance, OLD.deposit)\n                        THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'balances follow the ledger'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'figures_follow_the_ledger';\n                    ", hash='f6a966dd0fef2109278436fe4b4dea4bbbf3dbf6', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_figures_follow_the_ledger_5033e', table='consumers_consumerfigures', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Warehouse',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=60)),
                    ('is_active', models.BooleanField(default=True, help_text='Retire a warehouse; never delete it.')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('name',), name='warehouse_name_is_taken_once'),
                        models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='a_warehouse_has_a_name'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consumers_warehouseevent" ("id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='7c7c0251672ed1816ab28521586be8d3125d1d30', operation='INSERT', pgid='pgtrigger_insert_insert_4f300', table='consumers_warehouse', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "consumers_warehouseevent" ("id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='6b14752c970b4a1dd23a6651177c656385482e7f', operation='UPDATE', pgid='pgtrigger_update_update_21e3c', table='consumers_warehouse', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Meter',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.CharField(max_length=40)),
                    ('utility_type', models.CharField(choices=[('ELECTRICITY', 'Electricity'), ('WATER', 'Water'), ('GAS', 'Gas')], max_length=15)),
                    ('meter_type', models.CharField(blank=True, help_text='Such as Smart, single phase.', max_length=60)),
                    ('model', models.CharField(blank=True, max_length=60)),
                    ('condition', models.CharField(choices=[('ACTIVE', 'Active'), ('INACTIVE', 'Inactive'), ('MAINTENANCE', 'Maintenance')], default='ACTIVE', max_length=15)),
                    ('unit', models.CharField(default='kWh', max_length=10)),
                    ('installed_on', models.DateField(blank=True, null=True)),
                    ('device', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='meter', to='consumers.device')),
                    ('place', models.CharField(choices=[('ON_SITE', 'On site'), ('IN_WAREHOUSE', 'In a warehouse'), ('DECOMMISSIONED', 'Decommissioned')], db_default='ON_SITE', default='ON_SITE', help_text='Changed by an inventory movement only.', max_length=15)),
                    ('warehouse', models.ForeignKey(blank=True, help_text='Only while it is in one.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='meters', to='consumers.warehouse')),
                ],
                options={
                    'indexes': [
                        models.Index(django.contrib.postgres.indexes.OpClass(models.F('number'), name='text_pattern_ops'), name='meter_by_number'),
                        models.Index(django.contrib.postgres.indexes.OpClass(models.Func(models.F('number'), function='reverse'), 'text_pattern_ops'), name='meter_by_number_end'),
                        models.Index(condition=models.Q(('place', 'IN_WAREHOUSE')), fields=['utility_type', 'number'], name='meter_in_stock'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('number',), name='meter_number_is_unique'),
                        models.CheckConstraint(condition=models.Q(('condition__in', ['ACTIVE', 'INACTIVE', 'MAINTENANCE'])), name='meter_condition_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('place', 'IN_WAREHOUSE'), ('warehouse__isnull', False)), models.Q(('place__in', ['ON_SITE', 'DECOMMISSIONED']), ('warehouse__isnull', True)), _connector='OR'), name='a_meter_in_a_warehouse_says_which'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='a_place_changes_by_movement', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    -- Depth 1 is a statement of somebody's own; a movement's trigger stands deeper.\n                    IF (NEW.place, NEW.warehouse_id)\n                       IS DISTINCT FROM (OLD.place, OLD.warehouse_id) AND pg_trigger_depth() < 2\n                    THEN\n                        RAISE EXCEPTION 'a meter changes its place by an inventory movement'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_place_changes_by_movement';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='1891aa1068840e67304a12358854bc763522452f', operation='UPDATE OF "place", "warehouse_id"', pgid='pgtrigger_a_place_changes_by_movement_42b6f', table='consumers_meter', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='MeterAssignment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('during', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                    ('meter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='consumers.meter')),
                    ('service_connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='consumers.serviceconnection')),
                ],
                options={
                    'constraints': [
                        django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('meter', '='), ('during', '&&')], name='a_meter_is_assigned_once_at_a_time'),
                        django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('service_connection', '='), ('during', '&&')], name='a_connection_has_one_meter_at_a_time'),
                        models.CheckConstraint(condition=models.Q(('during__isempty', False)), name='an_assignment_lasts_a_while'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='assignment_guarded', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE connections bigint[];', func="\n                    IF TG_OP <> 'INSERT' THEN\n                        connections := array_append(connections, OLD.service_connection_id);\n                    END IF;\n                    IF TG_OP <> 'DELETE' THEN\n                        connections := array_append(connections, NEW.service_connection_id);\n                    END IF;\n                    IF coalesce(current_setting('smart360.guard', true), '') <> 'lifted'\n                       AND EXISTS (SELECT 1 FROM consumers_serviceconnection s\n                                     JOIN consumers_guard g ON g.consumer_id = s.consumer_id\n                                    WHERE s.id = ANY(connections))\n                    THEN\n                        RAISE EXCEPTION 'an open request guards this meter'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'profile_is_guarded';\n                    END IF;\n                    IF TG_OP = 'DELETE' THEN\n                        RETURN OLD;\n                    END IF;\n                    RETURN NEW;\n                    ", hash='7ff572673e84490dc8daecd666e49ba502943053', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_assignment_guarded_0952c', table='consumers_meterassignment', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='only_a_meter_on_site_is_assigned', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    -- The share lock makes a movement of the same meter wait, or be waited for.\n                    IF NOT upper_inf(NEW.during) THEN\n                        RETURN NEW;\n                    END IF;\n                    PERFORM 1 FROM consumers_meter m\n                      WHERE m.id = NEW.meter_id AND m.place = 'ON_SITE' FOR SHARE;\n                    IF NOT FOUND THEN\n                        RAISE EXCEPTION 'the meter is not on site'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'only_a_meter_on_site_is_assigned';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='3c291553a50b33fc38185d343115ebd1d36bb47d', operation='INSERT OR UPDATE', pgid='pgtrigger_only_a_meter_on_site_is_assigned_3841f', table='consumers_meterassignment', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Reading',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('value', models.DecimalField(decimal_places=3, help_text="In the meter's unit.", max_digits=12)),
                    ('read_on', models.DateField()),
                    ('verification', models.CharField(choices=[('PENDING', 'Pending'), ('VERIFIED', 'Verified'), ('REJECTED', 'Rejected')], default='VERIFIED', max_length=10)),
                    ('meter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='consumers.meter')),
                    ('exception', models.CharField(choices=[('NONE', 'None'), ('NO_CONSUMPTION', 'No consumption'), ('ROLLOVER', 'The meter rolled over'), ('REPLACEMENT', 'The meter was replaced')], db_default='NONE', default='NONE', help_text='Why it need not be above the one before.', max_length=15)),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('meter', 'read_on'), name='one_reading_a_day_per_meter'),
                        models.CheckConstraint(condition=models.Q(('value__gte', 0)), name='a_reading_is_not_negative'),
                        models.CheckConstraint(condition=models.Q(('verification__in', ['PENDING', 'VERIFIED', 'REJECTED'])), name='verification_is_known'),
                        models.CheckConstraint(condition=models.Q(('exception__in', ['NONE', 'NO_CONSUMPTION', 'ROLLOVER', 'REPLACEMENT'])), name='exception_of_a_reading_is_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='readings_never_fall', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE first date; last date;', func="\n                    -- Who writes two readings of one meter at once waits here for the other.\n                    PERFORM 1 FROM consumers_meter WHERE id = NEW.meter_id FOR NO KEY UPDATE;\n                    IF NEW.read_on > (clock_timestamp() AT TIME ZONE (\n                        SELECT u.time_zone FROM organisation_utility u WHERE u.id = 1))::date\n                    THEN\n                        RAISE EXCEPTION 'a meter is not read before the day has come'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_reading_is_not_of_the_future';\n                    END IF;\n                    -- From its neighbour before to its neighbour after, where it was and where\n                    -- it is; what else was ever kept of the meter is not looked at.\n                    first := least(OLD.read_on, NEW.read_on);\n                    last := greatest(OLD.read_on, NEW.read_on);\n                    first := coalesce((SELECT max(r.read_on) FROM consumers_reading r\n                                        WHERE r.meter_id = NEW.meter_id AND r.read_on < first\n                                          AND r.verification <> 'REJECTED'), first);\n                    last := coalesce((SELECT min(r.read_on) FROM consumers_reading r\n                                       WHERE r.meter_id = NEW.meter_id AND r.read_on > last\n                                         AND r.verification <> 'REJECTED'), last);\n                    IF OLD.meter_id <> NEW.meter_id OR EXISTS (\n                        SELECT 1 FROM (\n                            SELECT r.value, r.exception,\n                                   lag(r.value) OVER (ORDER BY r.read_on) AS before\n                              FROM consumers_reading r\n                             WHERE r.meter_id = NEW.meter_id\n                               AND r.read_on BETWEEN first AND last\n                               AND r.verification <> 'REJECTED') shown\n                         WHERE (shown.value < shown.before\n                                AND shown.exception NOT IN ('ROLLOVER', 'REPLACEMENT'))\n                            OR (shown.value = shown.before AND shown.exception = 'NONE'))\n                    THEN\n                        RAISE EXCEPTION 'a meter shows more than it did'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'readings_never_fall';\n                    END IF;\n                    RETURN NULL;\n                    ", hash='3b8b82cc529240582ec8f29784f3354f36bf13fc', operation='INSERT OR UPDATE OF "meter_id", "value", "read_on", "verification", "exception"', pgid='pgtrigger_readings_never_fall_d1de5', table='consumers_reading', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='WarehouseEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name', models.CharField(max_length=60)),
                    ('is_active', models.BooleanField(default=True, help_text='Retire a warehouse; never delete it.')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='consumers.warehouse')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='777cfcfe5d031a2077de845bbf06ee2da1b899ff', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a9ced', table='consumers_warehouseevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='HoldProposal',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('ARRANGEMENT', 'Payment arrangement'), ('MEDICAL', 'Medical certificate'), ('DISPUTE', 'Dispute'), ('LEGAL', 'Legal matter'), ('DECEASED', 'Deceased')], max_length=15)),
                    ('source', models.CharField(help_text='The number of what it rests on.', max_length=60)),
                    ('from_on', models.DateField()),
                    ('to_on', models.DateField(blank=True, help_text='The last day; empty: until lifted.', null=True)),
                    ('amount', models.DecimalField(blank=True, decimal_places=2, help_text='Disputed: so much of it.', max_digits=14, null=True)),
                    ('note', models.CharField(help_text='What the supervisor has to know.', max_length=250)),
                    ('state', models.CharField(choices=[('PROPOSED', 'Waits for a supervisor'), ('ACCEPTED', 'Accepted'), ('DECLINED', 'Declined')], default='PROPOSED', max_length=10)),
                    ('proposed_at', models.DateTimeField()),
                    ('decided_at', models.DateTimeField(blank=True, null=True)),
                    ('decision', models.CharField(blank=True, help_text='Why it was declined.', max_length=250)),
                    ('consumer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hold_proposals', to='consumers.consumer')),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('hold', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposal', to='consumers.accounthold')),
                    ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [
                        models.Index(condition=models.Q(('state', 'PROPOSED')), fields=['proposed_at'], name='hold_that_waits'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('kind__in', ['ARRANGEMENT', 'MEDICAL', 'DISPUTE', 'LEGAL', 'DECEASED']), models.Q(('kind', 'ARRANGEMENT'), _negated=True)), name='a_proposed_hold_is_placed_by_hand'),
                        models.CheckConstraint(condition=models.Q(('state__in', ['PROPOSED', 'ACCEPTED', 'DECLINED'])), name='hold_proposal_state_is_known'),
                        models.CheckConstraint(condition=models.Q(('to_on__isnull', True), ('to_on__gte', models.F('from_on')), _connector='OR'), name='a_proposed_hold_ends_after_it_began'),
                        models.CheckConstraint(condition=models.Q(models.Q(('source', ''), _negated=True), models.Q(('note', ''), _negated=True)), name='a_proposed_hold_says_why'),
                        models.CheckConstraint(condition=models.Q(('amount__isnull', True), models.Q(('amount__gt', 0), ('amount__lt', 1000000000000)), _connector='OR'), name='a_proposed_amount_is_positive'),
                        models.UniqueConstraint(condition=models.Q(('state', 'PROPOSED')), fields=('consumer', 'kind', 'source'), name='a_hold_is_proposed_once'),
                        models.CheckConstraint(condition=models.Q(('decided_by', models.F('proposed_by')), _negated=True), name='a_proposed_hold_is_decided_by_another'),
                        models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('hold__isnull', True), ('state', 'PROPOSED')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('hold__isnull', False), ('state', 'ACCEPTED')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('hold__isnull', True), ('state', 'DECLINED'), models.Q(('decision', ''), _negated=True)), _connector='OR'), name='a_decided_hold_says_by_whom'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='hold_proposals_are_decided_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'INSERT' THEN\n                        IF NEW.state = 'PROPOSED' THEN\n                            RETURN NEW;\n                        END IF;\n                    ELSIF TG_OP = 'UPDATE' AND OLD.state = 'PROPOSED' THEN\n                        -- Accepted, its hold is what was proposed, placed by who decided.\n                        IF to_jsonb(NEW) - ARRAY['state', 'decided_at', 'decided_by_id', 'decision',\n                                                 'hold_id']\n                           = to_jsonb(OLD) - ARRAY['state', 'decided_at', 'decided_by_id',\n                                                   'decision', 'hold_id']\n                           AND (NEW.state <> 'ACCEPTED' OR EXISTS (\n                                SELECT 1 FROM consumers_accounthold h\n                                 WHERE h.id = NEW.hold_id\n                                   AND (h.consumer_id, h.kind, h.source, h.from_on, h.placed_by_id)\n                                     = (NEW.consumer_id, NEW.kind, NEW.source, NEW.from_on,\n                                        NEW.decided_by_id)\n                                   AND (h.to_on, h.amount)\n                                       IS NOT DISTINCT FROM (NEW.to_on, NEW.amount)))\n                        THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'a proposed hold is decided once, and stays as it was decided'\n                        USING ERRCODE = 'check_violation',\n                              CONSTRAINT = 'hold_proposals_are_decided_once';\n                    ", hash='e5d3ab954e4635ca6cf1231d71693cf21fa67e86', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_hold_proposals_are_decided_once_126fb', table='consumers_holdproposal', when='BEFORE')),
                    ],
                },
            ),
        ]),
    ]
