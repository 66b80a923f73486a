"""Somebody moves out and somebody else in: supply goes over without a cut."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from smart360.kernel.migrations._together import ChangeTogether, CreateTogether


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0026_documents_of_consumers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether([
        migrations.CreateModel(
            name='HandedOverService',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('read_value', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='OccupancyChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('moved_on', models.DateField()),
                ('made_at', models.DateTimeField()),
                ('in_transaction', models.BigIntegerField(default=0, editable=False)),
            ],
        ),
        ]),
        ChangeTogether([
        pgtrigger.migrations.RemoveTrigger(
            model_name='consumer',
            name='an_account_ends_by_execution',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='consumer',
            name='an_account_comes_back_by_execution',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='consumer',
            name='an_account_is_archived_by_execution',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='serviceconnection',
            name='supply_ends_by_execution',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='serviceconnection',
            name='supply_comes_back_by_execution',
        ),
        ]),
        migrations.RemoveConstraint(
            model_name='serviceconnection',
            name='supply_state_is_known',
        ),
        migrations.AlterField(
            model_name='serviceconnection',
            name='supply_state',
            field=models.CharField(choices=[('CONNECTED', 'Connected'), ('OFF_FOR_NOW', 'Disconnected temporarily'), ('OFF_FOR_GOOD', 'Disconnected for good'), ('MOVED_OUT', 'Moved out')], default='CONNECTED', max_length=15),
        ),
        ChangeTogether([
        pgtrigger.migrations.AddTrigger(
            model_name='consumer',
            trigger=pgtrigger.compiler.Trigger(name='an_account_ends_by_execution', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NEW.status IN ('INACTIVE', 'DISCONNECTED') AND NEW.status <> OLD.status\n                       AND NOT EXISTS (\n                           SELECT 1 FROM disconnections_execution x\n                             JOIN cases_case c ON c.id = x.request_id\n                            WHERE c.consumer_id = NEW.id\n                              AND x.in_transaction = pg_current_xact_id()::text::bigint)\n                       AND (NEW.status <> 'INACTIVE' OR NOT EXISTS (\n                           SELECT 1 FROM consumers_occupancychange o WHERE o.moved_out_id = NEW.id\n                              AND o.in_transaction = pg_current_xact_id()::text::bigint))\n                    THEN\n                        RAISE EXCEPTION 'an account ends when its disconnection is carried out'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'an_account_ends_by_execution';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='f91f22dfe400bfda6633aeff89fc438c68852519', operation='UPDATE OF "status"', pgid='pgtrigger_an_account_ends_by_execution_d164a', table='consumers_consumer', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consumer',
            trigger=pgtrigger.compiler.Trigger(name='an_account_comes_back_by_execution', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF OLD.status IN ('INACTIVE', 'DISCONNECTED')\n                       AND NEW.status NOT IN ('INACTIVE', 'DISCONNECTED')\n                       AND NOT EXISTS (\n                           SELECT 1 FROM disconnections_execution x\n                             JOIN cases_case c ON c.id = x.request_id\n                            WHERE c.consumer_id = NEW.id AND c.kind = 'RECONNECTION'\n                              AND x.in_transaction = pg_current_xact_id()::text::bigint)\n                       AND (OLD.status <> 'INACTIVE' OR NOT EXISTS (\n                           SELECT 1 FROM consumers_occupancychange o WHERE o.moved_in_id = NEW.id\n                              AND o.in_transaction = pg_current_xact_id()::text::bigint))\n                    THEN\n                        RAISE EXCEPTION 'an account comes back when it is reconnected'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'an_account_comes_back_by_execution';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='78fe85c2ded7495f11fd985f91b0f9656f62fac3', operation='UPDATE OF "status"', pgid='pgtrigger_an_account_comes_back_by_execution_9ea2c', table='consumers_consumer', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consumer',
            trigger=pgtrigger.compiler.Trigger(name='an_account_is_archived_by_execution', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.archived_at IS DISTINCT FROM NEW.archived_at)', func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM disconnections_execution x\n                          JOIN cases_case c ON c.id = x.request_id\n                         WHERE c.consumer_id = NEW.id\n                           AND x.in_transaction = pg_current_xact_id()::text::bigint\n                           AND CASE WHEN NEW.archived_at IS NULL THEN c.kind = 'RECONNECTION'\n                                    ELSE c.kind = 'DISCONNECTION' AND NEW.status = 'INACTIVE'\n                                         AND x.account_status = 'INACTIVE' END)\n                       AND (NEW.archived_at IS NOT NULL OR NOT EXISTS (\n                           SELECT 1 FROM consumers_occupancychange o WHERE o.moved_in_id = NEW.id\n                              AND o.in_transaction = pg_current_xact_id()::text::bigint))\n                    THEN\n                        RAISE EXCEPTION 'an account is archived when it is closed for good'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'an_account_is_archived_by_execution';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='cc78a9a2aa78a15a38e67abf0f1b131d9d0b676e', operation='UPDATE OF "archived_at"', pgid='pgtrigger_an_account_is_archived_by_execution_cd999', table='consumers_consumer', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='serviceconnection',
            trigger=pgtrigger.compiler.Trigger(name='supply_ends_by_execution', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    -- Who moves out leaves it on for who moves in; everybody else is cut off.\n                    IF NEW.supply_state = 'MOVED_OUT' AND OLD.supply_state = 'CONNECTED'\n                       AND EXISTS (\n                           SELECT 1 FROM consumers_handedoverservice h\n                             JOIN consumers_occupancychange o ON o.id = h.change_id\n                            WHERE h.from_connection_id = NEW.id\n                              AND o.in_transaction = pg_current_xact_id()::text::bigint)\n                    THEN\n                        RETURN NEW;\n                    END IF;\n                    IF NEW.supply_state <> 'CONNECTED' AND NEW.supply_state <> OLD.supply_state\n                       AND (NEW.supply_state = 'MOVED_OUT' OR NOT EXISTS (\n                           SELECT 1 FROM disconnections_execution x\n                             JOIN disconnections_requestedservice s ON s.request_id = x.request_id\n                            WHERE s.service_connection_id = NEW.id\n                              AND x.in_transaction = pg_current_xact_id()::text::bigint))\n                    THEN\n                        RAISE EXCEPTION 'a service is switched off by carrying out a request for it'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'supply_ends_by_execution';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='c100e59b74135a1505747551c2bab7327decfb75', operation='UPDATE OF "supply_state"', pgid='pgtrigger_supply_ends_by_execution_e1fcd', table='consumers_serviceconnection', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='serviceconnection',
            trigger=pgtrigger.compiler.Trigger(name='supply_comes_back_by_execution', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NEW.supply_state <> 'CONNECTED' OR OLD.supply_state = 'CONNECTED' THEN\n                        RETURN NEW;\n                    END IF;\n                    IF NOT EXISTS (\n                        SELECT 1 FROM disconnections_execution x\n                          JOIN cases_case c ON c.id = x.request_id\n                          JOIN disconnections_requestedservice s ON s.request_id = x.request_id\n                         WHERE s.service_connection_id = NEW.id AND c.kind = 'RECONNECTION'\n                           AND x.in_transaction = pg_current_xact_id()::text::bigint)\n                       AND NOT EXISTS (\n                        SELECT 1 FROM consumers_handedoverservice h\n                          JOIN consumers_occupancychange o ON o.id = h.change_id\n                         WHERE h.to_connection_id = NEW.id\n                           AND o.in_transaction = pg_current_xact_id()::text::bigint)\n                    THEN\n                        RAISE EXCEPTION 'a service comes back by carrying out a reconnection'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'supply_comes_back_by_execution';\n                    END IF;\n                    -- Who moves in at the same moment waits here for the other.\n                    PERFORM 1 FROM consumers_premise p\n                      WHERE p.id = NEW.premise_id FOR NO KEY UPDATE;\n                    IF EXISTS (\n                        SELECT 1 FROM consumers_serviceconnection o\n                         WHERE o.premise_id = NEW.premise_id\n                           AND o.utility_type = NEW.utility_type\n                           AND o.consumer_id <> NEW.consumer_id\n                           AND o.supply_state = 'CONNECTED')\n                    THEN\n                        RAISE EXCEPTION 'somebody else is supplied there'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_premise_has_one_occupier';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='aef7d8507110f6106caea32deea2cac87d63c0b8', operation='UPDATE OF "supply_state"', pgid='pgtrigger_supply_comes_back_by_execution_128dc', table='consumers_serviceconnection', when='BEFORE')),
        ),
        ]),
        AddConstraintNotValid(
            model_name='serviceconnection',
            constraint=models.CheckConstraint(condition=models.Q(('supply_state__in', ['CONNECTED', 'OFF_FOR_NOW', 'OFF_FOR_GOOD', 'MOVED_OUT'])), name='supply_state_is_known'),
        ),
        ChangeTogether([
        migrations.AddField(
            model_name='handedoverservice',
            name='from_connection',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handed_on', to='consumers.serviceconnection'),
        ),
        migrations.AddField(
            model_name='handedoverservice',
            name='meter',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.meter'),
        ),
        migrations.AddField(
            model_name='handedoverservice',
            name='to_connection',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='taken_over', to='consumers.serviceconnection'),
        ),
        migrations.AddField(
            model_name='occupancychange',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='occupancychange',
            name='moved_in',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves_in', to='consumers.consumer'),
        ),
        migrations.AddField(
            model_name='occupancychange',
            name='moved_out',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves_out', to='consumers.consumer'),
        ),
        migrations.AddField(
            model_name='occupancychange',
            name='premise',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='consumers.premise'),
        ),
        migrations.AddField(
            model_name='handedoverservice',
            name='change',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='services', to='consumers.occupancychange'),
        ),
        migrations.AddConstraint(
            model_name='occupancychange',
            constraint=models.CheckConstraint(condition=models.Q(('moved_out', models.F('moved_in')), _negated=True), name='nobody_moves_in_after_themselves'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='occupancychange',
            trigger=pgtrigger.compiler.Trigger(name='a_move_is_in_order', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    NEW.in_transaction := pg_current_xact_id()::text::bigint;\n                    -- Whoever else moves in, or is reconnected there, waits here.\n                    PERFORM 1 FROM consumers_premise p WHERE p.id = NEW.premise_id\n                       FOR NO KEY UPDATE;\n                    IF NEW.moved_on > (clock_timestamp() AT TIME ZONE (\n                        SELECT u.time_zone FROM organisation_utility u WHERE u.id = 1))::date\n                    THEN\n                        RAISE EXCEPTION 'nobody has moved before the day has come'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_move_is_not_of_the_future';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM consumers_guard g\n                                WHERE g.consumer_id IN (NEW.moved_out_id, NEW.moved_in_id))\n                    THEN\n                        RAISE EXCEPTION 'an open request guards one of the two'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'profile_is_guarded';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='f43668a60271e3b4a26027ceaaa1e3bb6f81f42b', operation='INSERT', pgid='pgtrigger_a_move_is_in_order_6aacf', table='consumers_occupancychange', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='occupancychange',
            trigger=pgtrigger.compiler.Trigger(name='moves_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f97d33ad80753bea00884daf8610971ef4844768', operation='UPDATE OR DELETE', pgid='pgtrigger_moves_stay_643dd', table='consumers_occupancychange', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='handedoverservice',
            constraint=models.UniqueConstraint(fields=('change', 'from_connection'), name='a_service_goes_over_once_a_move'),
        ),
        migrations.AddConstraint(
            model_name='handedoverservice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('meter__isnull', True), ('read_value__isnull', True)), models.Q(('meter__isnull', False), ('read_value__gte', 0)), _connector='OR'), name='a_meter_is_read_when_it_goes_over'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='handedoverservice',
            trigger=pgtrigger.compiler.Trigger(name='a_service_goes_over_as_it_is', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM consumers_occupancychange o\n                          JOIN consumers_serviceconnection f ON f.id = NEW.from_connection_id\n                           AND f.consumer_id = o.moved_out_id AND f.premise_id = o.premise_id\n                           AND f.supply_state = 'CONNECTED'\n                          JOIN consumers_serviceconnection t ON t.id = NEW.to_connection_id\n                           AND t.consumer_id = o.moved_in_id AND t.premise_id = o.premise_id\n                           AND t.utility_type = f.utility_type\n                         WHERE o.id = NEW.change_id\n                           AND o.in_transaction = pg_current_xact_id()::text::bigint)\n                    THEN\n                        RAISE EXCEPTION 'the service is not one that goes over in this move'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_service_goes_over_as_it_is';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='ddf042c2f299de01707d5ad633ec299ebb2270cf', operation='INSERT', pgid='pgtrigger_a_service_goes_over_as_it_is_24c8e', table='consumers_handedoverservice', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='handedoverservice',
            trigger=pgtrigger.compiler.Trigger(name='a_service_goes_over_whole', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n                    -- Asked at the commit: nobody is billed there any more, one household is since.\n                    IF NOT EXISTS (\n                        SELECT 1 FROM consumers_occupancychange o\n                          JOIN consumers_serviceconnection f ON f.id = NEW.from_connection_id\n                          JOIN consumers_serviceconnection t ON t.id = NEW.to_connection_id\n                         WHERE o.id = NEW.change_id\n                           AND f.supply_state = 'MOVED_OUT' AND f.billing_frozen_at IS NOT NULL\n                           AND t.supply_state = 'CONNECTED' AND t.billing_frozen_at IS NULL\n                           AND t.connected_on = o.moved_on)\n                       OR EXISTS (\n                        SELECT 1 FROM consumers_serviceconnection t\n                          JOIN consumers_serviceconnection other\n                            ON other.premise_id = t.premise_id AND other.id <> t.id\n                           AND other.utility_type = t.utility_type\n                           AND other.supply_state = 'CONNECTED'\n                         WHERE t.id = NEW.to_connection_id)\n                       OR EXISTS (\n                        SELECT 1 FROM consumers_meterassignment a\n                         WHERE a.service_connection_id = NEW.from_connection_id\n                           AND upper_inf(a.during))\n                       OR NEW.meter_id IS NOT NULL AND NOT EXISTS (\n                        SELECT 1 FROM consumers_meterassignment a\n                         WHERE a.service_connection_id = NEW.to_connection_id\n                           AND a.meter_id = NEW.meter_id AND upper_inf(a.during))\n                    THEN\n                        RAISE EXCEPTION 'a service went over by half'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_service_goes_over_whole';\n                    END IF;\n                    RETURN NULL;\n                    ", hash='f53b2d90c70ec20600f00c3f472ad0f757a0d9f1', operation='INSERT', pgid='pgtrigger_a_service_goes_over_whole_c3c48', table='consumers_handedoverservice', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='handedoverservice',
            trigger=pgtrigger.compiler.Trigger(name='handed_over_services_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1e21b2120d6c01f2391859c3be28ac094f7a8cb4', operation='UPDATE OR DELETE', pgid='pgtrigger_handed_over_services_stay_2af1b', table='consumers_handedoverservice', when='BEFORE')),
        ),
        ]),
    ]
