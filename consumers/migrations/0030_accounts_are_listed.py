"""Every account has figures from the first, and is listed by what it owes, its kind or its area."""

import datetime
import django.db.models.functions.comparison
import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('consumers', '0029_what_an_erasure_may_change'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='consumer',
            index=models.Index(fields=['category', 'account_number'], name='consumer_by_category_account'),
        ),
        AddIndexConcurrently(
            model_name='consumer',
            index=models.Index(condition=models.Q(('archived_at__isnull', True)), fields=['account_number'], name='consumer_current_by_account'),
        ),
        AddIndexConcurrently(
            model_name='consumer',
            index=models.Index(condition=models.Q(('archived_at__isnull', False)), fields=['account_number'], name='consumer_archived_by_account'),
        ),
        AddIndexConcurrently(
            model_name='consumer',
            index=models.Index(condition=models.Q(('is_vip', True)), fields=['account_number'], name='consumer_vip_by_account'),
        ),
        AddIndexConcurrently(
            model_name='consumerfigures',
            index=models.Index(fields=['balance', 'consumer'], name='figures_by_balance'),
        ),
        AddIndexConcurrently(
            model_name='consumerfigures',
            index=models.Index(django.db.models.functions.comparison.Coalesce('oldest_due_on', models.Value(datetime.date(9999, 12, 31))), models.F('consumer'), name='figures_by_due_first'),
        ),
        AddIndexConcurrently(
            model_name='premise',
            index=models.Index(fields=['area'], name='premise_by_area'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consumer',
            trigger=pgtrigger.compiler.Trigger(name='new_accounts_have_figures', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n        -- Nothing owed is a figure, too: the list in the order of balances has every account.\n        INSERT INTO consumers_consumerfigures (consumer_id, balance, deposit)\n        SELECT id, 0, 0 FROM added ON CONFLICT DO NOTHING;\n        RETURN NULL;\n        ', hash='b6122ef8e29bfbf44a08137c8314294d33c69c09', level='STATEMENT', operation='INSERT', pgid='pgtrigger_new_accounts_have_figures_3ce4f', referencing='REFERENCING NEW TABLE AS added ', table='consumers_consumer', when='AFTER')),
        ),
    ]
