"""An erasure erases the account in the same transaction."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('custody', '0004_doors_of_an_erasure'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='privacyact',
            trigger=pgtrigger.compiler.Trigger(name='an_erasure_erases_the_account', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n                    -- Asked at the commit: its row alone would open the doors to anybody's words.\n                    IF NEW.state = 'ERASED' AND NOT EXISTS (\n                        SELECT 1 FROM consumers_consumer c\n                         WHERE c.id = NEW.consumer_id AND c.erased_at IS NOT NULL)\n                    THEN\n                        RAISE EXCEPTION 'whoever is erased is erased whole'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'an_account_is_erased_by_two_people';\n                    END IF;\n                    RETURN NULL;\n                    ", hash='74888825a46ad92d543b157babc7ae63864ad6f0', operation='UPDATE OF "state"', pgid='pgtrigger_an_erasure_erases_the_account_2cf30', table='custody_privacyact', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
    ]
