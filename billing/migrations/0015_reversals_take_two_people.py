"""Who recorded a payment does not take it back, and a receipt that was made stays."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0014_large_bills_take_two_people'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='payment',
            name='payments_move_once',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='payment',
            trigger=pgtrigger.compiler.Trigger(name='payments_move_once', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE moves text[];', func="\n                    IF TG_OP = 'UPDATE' THEN\n                        moves := ARRAY['receipt_id'];\n                        IF OLD.receipt_id IS NOT NULL THEN\n                            moves := ARRAY[]::text[];\n                        END IF;\n                        IF OLD.state = 'PENDING' THEN\n                            moves := moves || ARRAY['state', 'settled_at', 'failure', 'posting_id'];\n                        ELSIF OLD.state = 'PROCESSED' AND OLD.reversed_at IS NULL THEN\n                            moves := moves\n                                || ARRAY['reversed_at', 'reversed_by_id', 'reversal_reason'];\n                        END IF;\n                        IF to_jsonb(NEW) - moves = to_jsonb(OLD) - moves THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'payment % stays as it is', OLD.number\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_move_once';\n                    ", hash='cc40fcd6a8887e481164cccf7d88247e3879da4e', operation='UPDATE OR DELETE', pgid='pgtrigger_payments_move_once_7fcd2', table='billing_payment', when='BEFORE')),
        ),
        AddConstraintNotValid(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('reversed_by', models.F('recorded_by')), _negated=True), name='a_reversal_takes_two_people'),
        ),
    ]
