"""Holds that one person proposes and another decides."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0015_services_come_back_by_execution'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HoldProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('ARRANGEMENT', 'Payment arrangement'), ('MEDICAL', 'Medical certificate'), ('DISPUTE', 'Dispute'), ('LEGAL', 'Legal matter'), ('DECEASED', 'Deceased')], max_length=15)),
                ('source', models.CharField(help_text='The number of what it rests on.', max_length=60)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(blank=True, help_text='The last day; empty: until lifted.', null=True)),
                ('amount', models.DecimalField(blank=True, decimal_places=2, help_text='Disputed: so much of it.', max_digits=14, null=True)),
                ('note', models.CharField(help_text='What the supervisor has to know.', max_length=250)),
                ('state', models.CharField(choices=[('PROPOSED', 'Waits for a supervisor'), ('ACCEPTED', 'Accepted'), ('DECLINED', 'Declined')], default='PROPOSED', max_length=10)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decision', models.CharField(blank=True, help_text='Why it was declined.', max_length=250)),
                ('consumer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hold_proposals', to='consumers.consumer')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('hold', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposal', to='consumers.accounthold')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'PROPOSED')), fields=['proposed_at'], name='hold_that_waits')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['ARRANGEMENT', 'MEDICAL', 'DISPUTE', 'LEGAL', 'DECEASED']), models.Q(('kind', 'ARRANGEMENT'), _negated=True)), name='a_proposed_hold_is_placed_by_hand'), models.CheckConstraint(condition=models.Q(('state__in', ['PROPOSED', 'ACCEPTED', 'DECLINED'])), name='hold_proposal_state_is_known'), models.CheckConstraint(condition=models.Q(('to_on__isnull', True), ('to_on__gte', models.F('from_on')), _connector='OR'), name='a_proposed_hold_ends_after_it_began'), models.CheckConstraint(condition=models.Q(models.Q(('source', ''), _negated=True), models.Q(('note', ''), _negated=True)), name='a_proposed_hold_says_why'), models.CheckConstraint(condition=models.Q(('amount__isnull', True), models.Q(('amount__gt', 0), ('amount__lt', 1000000000000)), _connector='OR'), name='a_proposed_amount_is_positive'), models.UniqueConstraint(condition=models.Q(('state', 'PROPOSED')), fields=('consumer', 'kind', 'source'), name='a_hold_is_proposed_once'), models.CheckConstraint(condition=models.Q(('decided_by', models.F('proposed_by')), _negated=True), name='a_proposed_hold_is_decided_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('hold__isnull', True), ('state', 'PROPOSED')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('hold__isnull', False), ('state', 'ACCEPTED')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('hold__isnull', True), ('state', 'DECLINED'), models.Q(('decision', ''), _negated=True)), _connector='OR'), name='a_decided_hold_says_by_whom')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='holdproposal',
            trigger=pgtrigger.compiler.Trigger(name='hold_proposals_are_decided_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'INSERT' THEN\n                        IF NEW.state = 'PROPOSED' THEN\n                            RETURN NEW;\n                        END IF;\n                    ELSIF TG_OP = 'UPDATE' AND OLD.state = 'PROPOSED' THEN\n                        -- Accepted, its hold is what was proposed, placed by who decided.\n                        IF to_jsonb(NEW) - ARRAY['state', 'decided_at', 'decided_by_id', 'decision',\n                                                 'hold_id']\n                           = to_jsonb(OLD) - ARRAY['state', 'decided_at', 'decided_by_id',\n                                                   'decision', 'hold_id']\n                           AND (NEW.state <> 'ACCEPTED' OR EXISTS (\n                                SELECT 1 FROM consumers_accounthold h\n                                 WHERE h.id = NEW.hold_id\n                                   AND (h.consumer_id, h.kind, h.source, h.from_on, h.placed_by_id)\n                                     = (NEW.consumer_id, NEW.kind, NEW.source, NEW.from_on,\n                                        NEW.decided_by_id)\n                                   AND (h.to_on, h.amount)\n                                       IS NOT DISTINCT FROM (NEW.to_on, NEW.amount)))\n                        THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'a proposed hold is decided once, and stays as it was decided'\n                        USING ERRCODE = 'check_violation',\n                              CONSTRAINT = 'hold_proposals_are_decided_once';\n                    ", hash='e5d3ab954e4635ca6cf1231d71693cf21fa67e86', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_hold_proposals_are_decided_once_126fb', table='consumers_holdproposal', when='BEFORE')),
        ),
    ]
