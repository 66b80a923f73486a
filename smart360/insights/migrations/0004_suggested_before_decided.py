"""A VIP is suggested before it is decided."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('insights', '0003_one_vip_policy'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='vipsuggestion',
            name='suggestions_are_decided_once',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='vipsuggestion',
            trigger=pgtrigger.compiler.Trigger(name='suggestions_are_decided_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'INSERT' THEN\n                        IF NEW.state = 'WAITING' THEN\n                            RETURN NEW;\n                        END IF;\n                        RAISE EXCEPTION 'somebody is suggested before it is decided'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'suggestions_are_decided_once';\n                    END IF;\n                    IF TG_OP = 'UPDATE' AND OLD.state = 'WAITING' THEN\n                        IF to_jsonb(NEW) - ARRAY['state', 'decided_at', 'decided_by_id']\n                           = to_jsonb(OLD) - ARRAY['state', 'decided_at', 'decided_by_id']\n                        THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'suggestion % stays as it was decided', OLD.id\n                        USING ERRCODE = 'check_violation',\n                              CONSTRAINT = 'suggestions_are_decided_once';\n                    ", hash='e71dfd1630982f024d8dbbdb5e567223e67c5f4d', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_suggestions_are_decided_once_f58c4', table='insights_vipsuggestion', when='BEFORE')),
        ),
    ]
