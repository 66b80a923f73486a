"""What an erasure may change of rows that stay as they are (R8)."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('fieldwork', '0002_order_types_and_wordings'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='serviceorder',
            name='orders_move_along_arrows',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='serviceorder',
            trigger=pgtrigger.compiler.Trigger(name='orders_move_along_arrows', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    \n                    IF TG_OP = 'UPDATE' AND coalesce(current_setting('smart360.erasing', true), '')\n                                            <> '' THEN\n                        IF smart360_erases(OLD.consumer_id, to_jsonb(OLD), to_jsonb(NEW),\n                                           ARRAY['name', 'description', 'remarks', 'completion']) THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n    \n                    IF (NEW.number, NEW.template_id, NEW.kind, NEW.consumer_id, NEW.case_id,\n                        NEW.created_at, NEW.created_by_id, NEW.address, NEW.area)\n                       IS DISTINCT FROM\n                       (OLD.number, OLD.template_id, OLD.kind, OLD.consumer_id, OLD.case_id,\n                        OLD.created_at, OLD.created_by_id, OLD.address, OLD.area)\n                    THEN\n                        RAISE EXCEPTION 'what a service order is about stays'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'what_an_order_is_about_stays';\n                    END IF;\n                    IF OLD.ended_at IS NOT NULL\n                       AND to_jsonb(NEW) - ARRAY['report_id']\n                           IS DISTINCT FROM to_jsonb(OLD) - ARRAY['report_id']\n                    THEN\n                        RAISE EXCEPTION 'service order % has ended', OLD.number\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'an_ended_order_stays';\n                    END IF;\n                    IF OLD.report_id IS NOT NULL AND NEW.report_id IS DISTINCT FROM OLD.report_id\n                    THEN\n                        RAISE EXCEPTION 'service order % has its report', OLD.number\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'an_order_has_one_report';\n                    END IF;\n                    IF NEW.status <> OLD.status\n                       AND (OLD.status, NEW.status) NOT IN (VALUES ('OPEN','ASSIGNED'), ('OPEN','CANCELLED'), ('OPEN','SCHEDULED'), ('SCHEDULED','ASSIGNED'), ('SCHEDULED','CANCELLED'), ('SCHEDULED','OPEN'), ('ASSIGNED','CANCELLED'), ('ASSIGNED','COMPLETED'), ('ASSIGNED','IN_PROGRESS'), ('ASSIGNED','SCHEDULED'), ('IN_PROGRESS','CANCELLED'), ('IN_PROGRESS','COMPLETED'), ('IN_PROGRESS','SCHEDULED'))\n                    THEN\n                        RAISE EXCEPTION 'no arrow from % to %', OLD.status, NEW.status\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'orders_move_along_arrows';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='fd2226b11fe781f99fc9c026d6f2574699a0eb5a', operation='UPDATE', pgid='pgtrigger_orders_move_along_arrows_48ced', table='fieldwork_serviceorder', when='BEFORE')),
        ),
    ]
