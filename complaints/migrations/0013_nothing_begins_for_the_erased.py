"""No rating on a case of somebody who was erased."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0012_what_an_erasure_may_change'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='rating',
            name='what_was_resolved_is_rated',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rating',
            trigger=pgtrigger.compiler.Trigger(name='what_was_resolved_is_rated', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF EXISTS (SELECT 1 FROM consumers_consumer e\n                                WHERE e.id = (SELECT k.consumer_id FROM cases_case k WHERE k.id = NEW.complaint_id) AND e.erased_at IS NOT NULL) THEN\n                        RAISE EXCEPTION 'nobody is behind this account any more'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_erased';\n                    END IF;\n    \n                    IF NOT EXISTS (SELECT 1 FROM cases_case c WHERE c.id = NEW.complaint_id\n                                    AND c.status IN ('RESOLVED', 'REJECTED')) THEN\n                        RAISE EXCEPTION 'only what was decided is rated'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'what_was_resolved_is_rated';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='cce32d98b5d75e1da5a17137b823ffb0d8eb05d6', operation='INSERT', pgid='pgtrigger_what_was_resolved_is_rated_baf97', table='complaints_rating', when='BEFORE')),
        ),
    ]
