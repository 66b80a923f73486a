"""The status of an account goes along its arrows alone."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0045_a_certificate_may_follow'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='consumer',
            trigger=pgtrigger.compiler.Trigger(name='status_moves_along_arrows', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.status <> NEW.status AND (OLD.merged_into_id IS NULL OR NEW.merged_into_id IS NOT NULL))', func="\n        IF (OLD.status, NEW.status) NOT IN (VALUES ('PENDING', 'ACTIVE'), ('PENDING', 'INACTIVE'), ('PENDING', 'DISCONNECTED'), ('ACTIVE', 'INACTIVE'), ('ACTIVE', 'DISCONNECTED'), ('ACTIVE', 'COLLECTION'), ('COLLECTION', 'ACTIVE'), ('COLLECTION', 'INACTIVE'), ('COLLECTION', 'DISCONNECTED'), ('DISCONNECTED', 'ACTIVE'), ('DISCONNECTED', 'INACTIVE'), ('INACTIVE', 'ACTIVE'), ('INACTIVE', 'DISCONNECTED')) THEN\n            RAISE EXCEPTION 'no arrow from % to %', OLD.status, NEW.status\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'status_moves_along_arrows';\n        END IF;\n        RETURN NEW;\n        ", hash='8c94c8f9bcfb71921454cae1d030412fe3ca0ade', operation='UPDATE OF "status"', pgid='pgtrigger_status_moves_along_arrows_69405', table='consumers_consumer', when='BEFORE')),
        ),
    ]
