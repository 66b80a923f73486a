"""A payment is taken back by two people: what was proposed, and what was decided of it."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0017_a_charge_waits_for_a_freeze'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Reversal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(help_text='REV-2026-000001.', max_length=20)),
                ('reason', models.CharField(max_length=250)),
                ('state', models.CharField(choices=[('PROPOSED', 'Proposed'), ('APPROVED', 'Approved'), ('REJECTED', 'Rejected')], default='PROPOSED', max_length=10)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decision', models.CharField(blank=True, help_text='Why it was rejected.', max_length=250)),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reversals', to='billing.payment')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('posting', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.ledgertransaction')),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='payment',
            trigger=pgtrigger.compiler.Trigger(name='a_payment_is_taken_back_by_two_people', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.reversed_at IS NULL AND NEW.reversed_at IS NOT NULL)', func="\n                    -- One proposed it, another approved it; and not who recorded the payment.\n                    IF NEW.reversed_by_id IS NOT DISTINCT FROM NEW.recorded_by_id\n                       OR NOT EXISTS (SELECT 1 FROM billing_reversal r\n                                       WHERE r.payment_id = NEW.id AND r.state = 'APPROVED'\n                                         AND r.decided_by_id = NEW.reversed_by_id)\n                    THEN\n                        RAISE EXCEPTION 'payment % is taken back by two people', NEW.number\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_payment_is_taken_back_by_two_people';\n                    END IF;\n                    RETURN NULL;\n                    ", hash='094785667f8df8ddd797165802acf76ed7bdcfc2', operation='UPDATE', pgid='pgtrigger_a_payment_is_taken_back_by_two_people_d2239', table='billing_payment', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='reversal',
            index=models.Index(condition=models.Q(('state', 'PROPOSED')), fields=['proposed_at'], name='reversal_that_waits'),
        ),
        migrations.AddConstraint(
            model_name='reversal',
            constraint=models.UniqueConstraint(fields=('number',), name='reversal_number_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='reversal',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'REJECTED'), _negated=True), fields=('payment',), name='a_payment_has_one_reversal'),
        ),
        migrations.AddConstraint(
            model_name='reversal',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['PROPOSED', 'APPROVED', 'REJECTED'])), name='reversal_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='reversal',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', models.F('proposed_by')), _negated=True), name='a_reversal_is_decided_by_another'),
        ),
        migrations.AddConstraint(
            model_name='reversal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'PROPOSED')), models.Q(models.Q(('state', 'PROPOSED'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='a_decided_reversal_says_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='reversal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('posting__isnull', False), ('state', 'APPROVED')), models.Q(models.Q(('state', 'APPROVED'), _negated=True), ('posting__isnull', True)), _connector='OR'), name='an_approved_reversal_is_posted'),
        ),
        migrations.AddConstraint(
            model_name='reversal',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_reversal_has_a_reason'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reversal',
            trigger=pgtrigger.compiler.Trigger(name='reversals_are_decided_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND OLD.state = 'PROPOSED' THEN\n                        IF to_jsonb(NEW) - ARRAY['state', 'decided_at', 'decided_by_id', 'decision',\n                                                 'posting_id']\n                           = to_jsonb(OLD) - ARRAY['state', 'decided_at', 'decided_by_id',\n                                                   'decision', 'posting_id']\n                        THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'reversal % stays as it was decided', OLD.number\n                        USING ERRCODE = 'check_violation',\n                              CONSTRAINT = 'reversals_are_decided_once';\n                    ", hash='7094d70eca5eb2f8be8e69dd64e36e5065fb9be6', operation='UPDATE OR DELETE', pgid='pgtrigger_reversals_are_decided_once_e0e81', table='billing_reversal', when='BEFORE')),
        ),
    ]
