"""No premise takes the place of another one, or comes after its services."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0046_status_moves_along_arrows'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='serviceconnection',
            name='the_area_is_the_premise_s',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='premise',
            trigger=pgtrigger.compiler.Trigger(name='a_premise_keeps_its_key', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.id IS DISTINCT FROM NEW.id)', func="\n        -- Its services would be those of another place, and keep the area of this one.\n        RAISE EXCEPTION 'a premise keeps its key' USING ERRCODE = 'check_violation',\n            CONSTRAINT = 'a_premise_keeps_its_key';\n        ", hash='85573432e7a24358582b5fa3c4dc8d631da4a1de', operation='UPDATE OF "id"', pgid='pgtrigger_a_premise_keeps_its_key_30a2c', table='consumers_premise', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='serviceconnection',
            trigger=pgtrigger.compiler.Trigger(name='the_area_is_the_premise_s', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        -- Whatever was given. Who corrects the premise at this moment is waited for.\n        SELECT p.area INTO NEW.area FROM consumers_premise p\n         WHERE p.id = NEW.premise_id FOR SHARE;\n        IF NOT FOUND THEN  -- one that comes later in the transaction would not be asked again\n            RAISE EXCEPTION 'the premise is there before its services'\n                USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'the_premise_is_there';\n        END IF;\n        RETURN NEW;\n        ", hash='37b0ef181e1254a01c343b7b8605930b893dbc61', operation='INSERT OR UPDATE OF "area"', pgid='pgtrigger_the_area_is_the_premise_s_cd4f9', table='consumers_serviceconnection', when='BEFORE')),
        ),
    ]
