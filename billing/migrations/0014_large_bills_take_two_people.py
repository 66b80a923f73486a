"""Who had a hand in a large final bill does not approve it, whatever writes the row (X6)."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0013_slabs_begin_at_nothing'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='invoice',
            trigger=pgtrigger.compiler.Trigger(name='a_large_bill_takes_two_people', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state = 'DRAFT' AND NEW.state = 'APPROVED')", declare='DECLARE moved numeric; had_a_hand boolean;', func="\n                    SELECT coalesce(sum(abs(a.amount)), 0),\n                           NEW.made_by_id = NEW.approved_by_id\n                           OR coalesce(bool_or(a.added_by_id = NEW.approved_by_id), false)\n                      INTO moved, had_a_hand\n                      FROM billing_billadjustment a\n                     WHERE a.case_id = NEW.case_id AND a.removed_at IS NULL;\n                    IF had_a_hand AND greatest(abs(NEW.billed), moved)\n                       > (SELECT p.two_people_from FROM billing_billingpolicy p WHERE p.id = 1)\n                    THEN\n                        RAISE EXCEPTION 'somebody else must approve invoice %', NEW.number\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_large_bill_takes_two_people';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='d37a79ac8481acb10ffa59ee7587af76f7200c54', operation='UPDATE', pgid='pgtrigger_a_large_bill_takes_two_people_51336', table='billing_invoice', when='BEFORE')),
        ),
    ]
