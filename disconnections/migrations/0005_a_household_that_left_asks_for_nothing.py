"""No request is about a service of a household that has moved out."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('disconnections', '0004_a_household_is_protected'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='requestedservice',
            name='services_are_the_consumers_own',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='requestedservice',
            trigger=pgtrigger.compiler.Trigger(name='services_are_the_consumers_own', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE is_connected boolean;', func="\n                    IF TG_OP <> 'INSERT' THEN\n                        RAISE EXCEPTION 'what was requested stays'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'requested_services_stay';\n                    END IF;\n                    SELECT s.supply_state = 'CONNECTED' INTO is_connected\n                      FROM consumers_serviceconnection s\n                      JOIN cases_case c ON c.consumer_id = s.consumer_id\n                     WHERE s.id = NEW.service_connection_id AND c.id = NEW.request_id\n                       AND c.status = 'PENDING' AND s.supply_state <> 'MOVED_OUT';\n                    IF NEW.was_connected IS DISTINCT FROM is_connected THEN\n                        RAISE EXCEPTION 'the service is not one of the consumer as it is now'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'services_are_the_consumers_own';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='505426f0c6695327377fb88f721066d1794b1302', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_services_are_the_consumers_own_77f55', table='disconnections_requestedservice', when='BEFORE')),
        ),
    ]
