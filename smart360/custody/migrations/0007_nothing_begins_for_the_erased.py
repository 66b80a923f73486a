"""No export and no erasure of somebody who was erased."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('custody', '0006_exports_have_their_own_files'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='privacyact',
            trigger=pgtrigger.compiler.Trigger(name='nothing_is_asked_for_the_erased', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF EXISTS (SELECT 1 FROM consumers_consumer e\n                                WHERE e.id = NEW.consumer_id AND e.erased_at IS NOT NULL) THEN\n                        RAISE EXCEPTION 'nobody is behind this account any more'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_erased';\n                    END IF;\n    RETURN NEW;", hash='276e76b372dcc4685296e0066cf5aa9e6c4ba288', operation='INSERT', pgid='pgtrigger_nothing_is_asked_for_the_erased_974d9', table='custody_privacyact', when='BEFORE')),
        ),
    ]
