"""Where meters went: it may be for a case, and cases point to consumers."""

import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from smart360.kernel.migrations._together import CreateTogether


class Migration(migrations.Migration):
    replaces = [
        ("consumers", "0008_meters_have_a_place"),
        ("consumers", "0009_meters_in_warehouses_say_which"),
    ]

    dependencies = [
        ("cases", "0001_tables"),
        ("consumers", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether([
            migrations.CreateModel(
                name='InventoryMovement',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('from_place', models.CharField(choices=[('ON_SITE', 'On site'), ('IN_WAREHOUSE', 'In a warehouse'), ('DECOMMISSIONED', 'Decommissioned')], max_length=15)),
                    ('to_place', models.CharField(choices=[('ON_SITE', 'On site'), ('IN_WAREHOUSE', 'In a warehouse'), ('DECOMMISSIONED', 'Decommissioned')], max_length=15)),
                    ('cause', models.CharField(blank=True, max_length=30)),
                    ('moved_at', models.DateTimeField()),
                    ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                    ('meter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='consumers.meter')),
                    ('moved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('from_warehouse', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.warehouse')),
                    ('to_warehouse', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.warehouse')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['meter', '-id'], name='movement_by_meter'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('from_place__in', ['ON_SITE', 'IN_WAREHOUSE', 'DECOMMISSIONED']), ('to_place__in', ['ON_SITE', 'IN_WAREHOUSE', 'DECOMMISSIONED'])), name='places_of_a_movement_are_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('from_place', 'IN_WAREHOUSE'), ('from_warehouse__isnull', False)), models.Q(models.Q(('from_place', 'IN_WAREHOUSE'), _negated=True), ('from_warehouse__isnull', True)), _connector='OR'), name='a_movement_says_from_which_warehouse'),
                        models.CheckConstraint(condition=models.Q(models.Q(('to_place', 'IN_WAREHOUSE'), ('to_warehouse__isnull', False)), models.Q(models.Q(('to_place', 'IN_WAREHOUSE'), _negated=True), ('to_warehouse__isnull', True)), _connector='OR'), name='a_movement_says_to_which_warehouse'),
                        models.CheckConstraint(condition=models.Q(models.Q(('from_place', models.F('to_place')), _negated=True), models.Q(('from_warehouse__isnull', False), models.Q(('from_warehouse', models.F('to_warehouse')), _negated=True)), _connector='OR'), name='a_movement_goes_somewhere_else'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='a_movement_moves_the_meter', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE place_now text; warehouse_now bigint;', func="\n                    -- Locked in a statement of its own: what is asked next is as of now.\n                    SELECT m.place, m.warehouse_id INTO place_now, warehouse_now\n                      FROM consumers_meter m WHERE m.id = NEW.meter_id FOR NO KEY UPDATE;\n                    IF (place_now, warehouse_now)\n                       IS DISTINCT FROM (NEW.from_place::text, NEW.from_warehouse_id)\n                    THEN\n                        RAISE EXCEPTION 'the meter is not where it is to be moved from'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_movement_starts_where_the_meter_is';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM consumers_meterassignment a\n                                WHERE a.meter_id = NEW.meter_id AND upper_inf(a.during))\n                    THEN\n                        RAISE EXCEPTION 'the meter measures a service'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_meter_in_use_stays_where_it_is';\n                    END IF;\n                    UPDATE consumers_meter\n                       SET place = NEW.to_place, warehouse_id = NEW.to_warehouse_id\n                     WHERE id = NEW.meter_id;\n                    RETURN NULL;\n                    ", hash='cc1fc5a8662ef299cafb12976122f63dd95c10bf', operation='INSERT', pgid='pgtrigger_a_movement_moves_the_meter_c0726', table='consumers_inventorymovement', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='movements_stay_as_they_were', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='48f6f6753b3be6d8c88617420d9eb6d566783b23', operation='UPDATE OR DELETE', pgid='pgtrigger_movements_stay_as_they_were_f922a', table='consumers_inventorymovement', when='BEFORE')),
                    ],
                },
            ),
        ]),
    ]
