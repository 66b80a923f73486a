"""The ledger, invoices, payments, and who may post them."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import pgtrigger.compiler
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from smart360.kernel.migrations._together import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("billing", "0004_invoices_are_taken_back_once"),
        ("billing", "0006_refunds_are_covered"),
        ("billing", "0009_api_keys_have_a_history"),
        ("billing", "0010_statements_are_kept"),
        ("billing", "0011_drafts_and_deposits_stay"),
        ("billing", "0012_bills_go_back_newest_first"),
        ("billing", "0013_slabs_begin_at_nothing"),
        ("billing", "0014_large_bills_take_two_people"),
        ("billing", "0015_reversals_take_two_people"),
        ("billing", "0018_reversals_wait_for_another"),
    ]

    dependencies = [
        ("cases", "0001_tables"),
        ("consumers", "0001_tables"),
        ("documents", "0001_tables"),
        ("kernel", "0001_extensions"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether([
            migrations.CreateModel(
                name='BillingRun',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('period_from', models.DateField()),
                    ('period_to', models.DateField(help_text='The last day that it bills.')),
                    ('state', models.CharField(max_length=10)),
                    ('started_at', models.DateTimeField()),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('after', models.BigIntegerField(default=0, help_text='Consumers up to this key are done.')),
                    ('to_do', models.PositiveIntegerField(default=0, help_text='Consumers in it when it began.')),
                    ('looked_at', models.PositiveIntegerField(default=0)),
                    ('issued', models.PositiveIntegerField(default=0)),
                    ('estimated', models.PositiveIntegerField(default=0)),
                    ('left_out', models.JSONField(default=dict, help_text='Why consumers were left out: how many.')),
                    ('billed', models.DecimalField(decimal_places=2, default=0, max_digits=16)),
                    ('started_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('period_to__gte', models.F('period_from'))), name='a_cycle_ends_after_it_begins'),
                        models.CheckConstraint(condition=models.Q(('state__in', ('RUNNING', 'DONE', 'STOPPED'))), name='run_state_is_known'),
                        models.UniqueConstraint(condition=models.Q(('state', 'RUNNING')), fields=('state',), name='one_billing_run_at_a_time'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='FinalReading',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('value', models.DecimalField(decimal_places=3, max_digits=12)),
                    ('read_on', models.DateField()),
                    ('exception', models.CharField(choices=[('NONE', 'None'), ('NO_CONSUMPTION', 'No consumption'), ('ROLLOVER', 'The meter rolled over'), ('REPLACEMENT', 'The meter was replaced')], default='NONE', max_length=15)),
                    ('is_unusual', models.BooleanField(default=False, help_text='Far above usual, and confirmed by who entered it.')),
                    ('entered_at', models.DateTimeField()),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='final_readings', to='cases.case')),
                    ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('meter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.meter')),
                    ('service_connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.serviceconnection')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('case', 'service_connection'), name='a_service_has_one_final_reading'),
                        models.CheckConstraint(condition=models.Q(('value__range', (0, 1000000000))), name='a_final_reading_is_not_negative'),
                        models.CheckConstraint(condition=models.Q(('exception__in', ['NONE', 'NO_CONSUMPTION', 'ROLLOVER', 'REPLACEMENT'])), name='reading_exception_is_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='final_readings_stay_after_approval', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE of_case bigint;', func="\n                    of_case := CASE TG_OP WHEN 'DELETE' THEN OLD.case_id ELSE NEW.case_id END;\n                    IF EXISTS (\n                        SELECT 1 FROM billing_invoice i\n                         WHERE i.case_id = of_case AND i.state = 'APPROVED'\n                           AND NOT EXISTS (SELECT 1 FROM billing_creditnote n\n                                            WHERE n.invoice_id = i.id AND n.state = 'APPROVED'))\n                    THEN\n                        RAISE EXCEPTION 'the bill is approved: its readings stay'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'final_readings_stay_after_approval';\n                    END IF;\n                    IF TG_OP = 'DELETE' THEN\n                        RETURN OLD;\n                    END IF;\n                    RETURN NEW;\n                    ", hash='16a4c636bec9e58841aca32c2665698e5e6f3e1c', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_final_readings_stay_after_approval_2a809', table='billing_finalreading', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='InvoiceCounter',
                fields=[
                    ('series', models.CharField(max_length=4, primary_key=True, serialize=False)),
                    ('last_number', models.PositiveBigIntegerField(default=0)),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='invoice_numbers_only_grow', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' THEN\n                        IF NEW.series = OLD.series AND NEW.last_number > OLD.last_number THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'invoice numbers only grow'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_numbers_only_grow';\n                    ", hash='580bde855380a1eb5db40cbd71c0d1db9d45c1d5', operation='UPDATE OR DELETE', pgid='pgtrigger_invoice_numbers_only_grow_76ef2', table='billing_invoicecounter', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='LedgerAccount',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('RECEIVABLE', 'Receivable'), ('DEPOSIT_HELD', 'Security deposit held'), ('CASH', 'Cash and bank'), ('REVENUE', 'Revenue'), ('TAX', 'Tax payable'), ('FEES', 'Fees'), ('ADJUSTMENTS', 'Adjustments'), ('WRITE_OFF', 'Written off'), ('INTEREST', 'Interest paid on deposits'), ('OPENING', 'Opening balances')], max_length=15)),
                    ('utility_type', models.CharField(blank=True, choices=[('ELECTRICITY', 'Electricity'), ('WATER', 'Water'), ('GAS', 'Gas')], max_length=15)),
                    ('balance', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                    ('consumer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ledger_accounts', to='consumers.consumer')),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('kind__in', ['RECEIVABLE', 'DEPOSIT_HELD', 'CASH', 'REVENUE', 'TAX', 'FEES', 'ADJUSTMENTS', 'WRITE_OFF', 'INTEREST', 'OPENING'])), name='ledger_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('consumer__isnull', False), ('kind__in', ('RECEIVABLE', 'DEPOSIT_HELD')), ('utility_type', '')), models.Q(models.Q(('kind__in', ('RECEIVABLE', 'DEPOSIT_HELD')), _negated=True), ('balance', 0), ('consumer__isnull', True)), _connector='OR'), name='a_consumer_has_own_accounts'),
                        models.CheckConstraint(condition=models.Q(('utility_type', ''), ('utility_type__in', ['ELECTRICITY', 'WATER', 'GAS']), _connector='OR'), name='ledger_utility_is_known'),
                        models.UniqueConstraint(condition=models.Q(('consumer__isnull', False)), fields=('consumer', 'kind'), name='a_consumer_has_each_account_once'),
                        models.UniqueConstraint(condition=models.Q(('consumer__isnull', True)), fields=('kind', 'utility_type'), name='a_shared_account_exists_once'),
                        models.CheckConstraint(condition=models.Q(models.Q(('kind', 'DEPOSIT_HELD'), _negated=True), ('balance__lte', 0), _connector='OR'), name='a_deposit_covers_what_is_taken'),
                        models.CheckConstraint(condition=models.Q(('balance__range', (-1000000000000, 1000000000000))), name='an_account_holds_a_number'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='an_account_begins_with_nothing', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.balance <> 0)', func="\n                    RAISE EXCEPTION 'only entries move the balance of an account'\n                        USING ERRCODE = 'check_violation',\n                              CONSTRAINT = 'an_account_begins_with_nothing';\n                    ", hash='628a09fc883a6475e8503a43ab572e8a4bf9536b', operation='INSERT', pgid='pgtrigger_an_account_begins_with_nothing_cb067', table='billing_ledgeraccount', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='LedgerTransaction',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('OPENING_BALANCE', 'Opening balance'), ('INVOICE', 'Invoice'), ('FINAL_BILL', 'Final bill'), ('PAYMENT', 'Payment'), ('REFUND', 'Refund'), ('DEPOSIT_RECEIVED', 'Security deposit received'), ('DEPOSIT_APPLIED', 'Security deposit applied'), ('DEPOSIT_REFUNDED', 'Security deposit refunded'), ('DEPOSIT_INTEREST', 'Interest on the security deposit'), ('FEE', 'Fee'), ('RECONNECTION_FEE', 'Reconnection fee'), ('ADJUSTMENT', 'Adjustment'), ('FINAL_ADJUSTMENT', 'Final adjustment'), ('WRITE_OFF', 'Write-off'), ('REVERSAL', 'Reversal')], max_length=20)),
                    ('reference', models.CharField(help_text='The number of what caused it, such as INV-414013.', max_length=60)),
                    ('valued_on', models.DateField(help_text="The day in the utility's zone from which it counts.")),
                    ('due_on', models.DateField(blank=True, help_text='Of a charge: when it is to be paid.', null=True)),
                    ('legs', models.PositiveSmallIntegerField(help_text='How many entries it has, so that none is added to it later.')),
                    ('posted_at', models.DateTimeField()),
                    ('consumer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ledger_transactions', to='consumers.consumer')),
                    ('posted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('reverses', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='billing.ledgertransaction')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['consumer', '-id'], name='posting_by_consumer'),
                        models.Index(fields=['consumer', 'kind', '-id'], name='posting_by_consumer_and_kind'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('kind__in', ['OPENING_BALANCE', 'INVOICE', 'FINAL_BILL', 'PAYMENT', 'REFUND', 'DEPOSIT_RECEIVED', 'DEPOSIT_APPLIED', 'DEPOSIT_REFUNDED', 'DEPOSIT_INTEREST', 'FEE', 'RECONNECTION_FEE', 'ADJUSTMENT', 'FINAL_ADJUSTMENT', 'WRITE_OFF', 'REVERSAL'])), name='posting_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('kind', 'REVERSAL'), ('reverses__isnull', False)), models.Q(models.Q(('kind', 'REVERSAL'), _negated=True), ('reverses__isnull', True)), _connector='OR'), name='a_reversal_reverses_something'),
                        models.CheckConstraint(condition=models.Q(('reference', ''), _negated=True), name='a_posting_has_a_reference'),
                        models.CheckConstraint(condition=models.Q(('legs__gte', 2)), name='a_posting_has_two_legs'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='postings_are_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e236eda070bf3e046750bc7cd91a8bf9fa58c1f8', operation='UPDATE OR DELETE', pgid='pgtrigger_postings_are_never_changed_9f6f3', table='billing_ledgertransaction', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='a_posting_balances', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n                    -- Here for a posting without any entry; an entry has its own.\n                    IF (SELECT count(*) <> NEW.legs OR sum(e.amount) <> 0\n                          FROM billing_ledgerentry e WHERE e.transaction_id = NEW.id)\n                    THEN\n                        RAISE EXCEPTION 'posting % does not balance', NEW.id\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_posting_balances';\n                    END IF;\n                    IF NEW.reverses_id IS NOT NULL AND (\n                        SELECT was.reverses_id IS NOT NULL\n                          FROM billing_ledgertransaction was WHERE was.id = NEW.reverses_id)\n                    THEN\n                        RAISE EXCEPTION 'posting % is a reversal and stays', NEW.reverses_id\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_reversal_stays';\n                    END IF;\n                    IF NEW.reverses_id IS NOT NULL AND EXISTS (\n                        (SELECT account_id, service_connection_id, -amount\n                           FROM billing_ledgerentry WHERE transaction_id = NEW.reverses_id\n                         EXCEPT ALL\n                         SELECT account_id, service_connection_id, amount\n                           FROM billing_ledgerentry WHERE transaction_id = NEW.id)\n                        UNION ALL\n                        (SELECT account_id, service_connection_id, amount\n                           FROM billing_ledgerentry WHERE transaction_id = NEW.id\n                         EXCEPT ALL\n                         SELECT account_id, service_connection_id, -amount\n                           FROM billing_ledgerentry WHERE transaction_id = NEW.reverses_id))\n                    THEN\n                        RAISE EXCEPTION 'posting % does not mirror what it reverses', NEW.id\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_reversal_mirrors_its_posting';\n                    END IF;\n                    RETURN NULL;\n                    ", hash='8eeeabc77a9d200ab684b404dff54fa189f6625a', operation='INSERT', pgid='pgtrigger_a_posting_balances_4b3f0', table='billing_ledgertransaction', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='DepositReceipt',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                    ('received_on', models.DateField()),
                    ('consumer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deposits', to='consumers.consumer')),
                    ('posting', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='deposit_receipt', to='billing.ledgertransaction')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['consumer', '-received_on'], name='deposit_by_consumer'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('amount__lt', 1000000000000)), name='a_deposit_is_positive'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='deposits_stay_as_received', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='da298b4f69138fe9f7bae25c49430b572e6e5b3f', operation='UPDATE OR DELETE', pgid='pgtrigger_deposits_stay_as_received_39370', table='billing_depositreceipt', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Invoice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveBigIntegerField(help_text='Shown as INV-414013.')),
                    ('kind', models.CharField(choices=[('REGULAR', 'Invoice'), ('FINAL', 'Final bill')], max_length=10)),
                    ('state', models.CharField(choices=[('DRAFT', 'Draft'), ('ISSUED', 'Issued'), ('APPROVED', 'Approved'), ('VOID', 'Void')], default='DRAFT', max_length=10)),
                    ('period_from', models.DateField()),
                    ('period_to', models.DateField()),
                    ('version', models.PositiveIntegerField(default=1, help_text='Grows with each new draft.')),
                    ('made_at', models.DateTimeField()),
                    ('issued_on', models.DateField(blank=True, null=True)),
                    ('due_on', models.DateField(blank=True, null=True)),
                    ('approved_at', models.DateTimeField(blank=True, null=True)),
                    ('billed', models.DecimalField(decimal_places=2, max_digits=14)),
                    ('outstanding', models.DecimalField(decimal_places=2, help_text='Owed before this bill; below 0: a credit.', max_digits=14)),
                    ('deposit', models.DecimalField(decimal_places=2, default=0, help_text='Security deposit held then.', max_digits=14)),
                    ('uses_deposit', models.BooleanField(default=False)),
                    ('applied', models.DecimalField(decimal_places=2, default=0, help_text='Of the deposit, to this bill.', max_digits=14)),
                    ('due', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Greatest(models.Value(0, output_field=models.DecimalField(decimal_places=2, max_digits=14)), django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('billed'), '+', models.F('outstanding')), '-', models.F('applied'))), output_field=models.DecimalField(decimal_places=2, max_digits=14))),
                    ('refund_due', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Greatest(models.Value(0, output_field=models.DecimalField(decimal_places=2, max_digits=14)), django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.Case(models.When(then=models.F('deposit'), uses_deposit=True), default=models.Value(0, output_field=models.DecimalField(decimal_places=2, max_digits=14))), '-', models.F('billed')), '-', models.F('outstanding'))), output_field=models.DecimalField(decimal_places=2, max_digits=14))),
                    ('inputs_hash', models.CharField(blank=True, help_text='SHA-256 of what the draft was made from (M11).', max_length=64)),
                    ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='final_bills', to='cases.case')),
                    ('consumer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='consumers.consumer')),
                    ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('pdf', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.storedfile')),
                    ('run', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='billing.billingrun')),
                    ('posting', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='invoice', to='billing.ledgertransaction')),
                    ('taken_back_at', models.DateTimeField(blank=True, help_text='Since a credit note took it back; written once (BIL6).', null=True)),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['consumer', '-number'], name='invoice_by_consumer'),
                        models.Index(condition=models.Q(('run__isnull', False)), fields=['run', 'number'], name='invoice_by_run'),
                        models.Index(fields=['consumer', 'issued_on'], include=('billed', 'state', 'taken_back_at'), name='invoice_by_issue'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('number',), name='invoice_number_is_unique'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['REGULAR', 'FINAL'])), name='invoice_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(('state__in', ['DRAFT', 'ISSUED', 'APPROVED', 'VOID'])), name='invoice_state_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('case__isnull', False), ('kind', 'FINAL')), models.Q(('case__isnull', True), ('kind', 'REGULAR')), _connector='OR'), name='a_final_bill_belongs_to_a_request'),
                        models.UniqueConstraint(condition=models.Q(('run__isnull', False)), fields=('run', 'consumer'), name='a_run_bills_a_consumer_once'),
                        models.CheckConstraint(condition=models.Q(models.Q(('state', 'APPROVED'), _negated=True), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False)), _connector='OR'), name='an_approved_bill_says_by_whom'),
                        models.CheckConstraint(condition=models.Q(('period_to__gte', models.F('period_from'))), name='a_period_ends_after_it_begins'),
                        models.CheckConstraint(condition=models.Q(('billed__range', (-1000000000000, 1000000000000)), ('outstanding__range', (-1000000000000, 1000000000000)), ('deposit__range', (0, 1000000000000))), name='an_invoice_holds_numbers'),
                        models.CheckConstraint(condition=models.Q(models.Q(('applied', 0), ('uses_deposit', False)), models.Q(('applied', django.db.models.functions.comparison.Greatest(models.Value(0, output_field=models.DecimalField(decimal_places=2, max_digits=14)), django.db.models.functions.comparison.Least(models.F('deposit'), django.db.models.expressions.CombinedExpression(models.F('billed'), '+', models.F('outstanding'))))), ('uses_deposit', True)), _connector='OR'), name='a_deposit_is_applied_up_to_what_is_owed'),
                        models.UniqueConstraint(condition=models.Q(('state__in', ('DRAFT', 'APPROVED')), ('taken_back_at__isnull', True)), fields=('case',), name='a_request_has_one_live_final_bill'),
                        models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('ISSUED', 'APPROVED')), _negated=True), models.Q(('due_on__isnull', False), ('issued_on__isnull', False), models.Q(('posting__isnull', False), ('billed', 0), _connector='OR')), _connector='OR'), name='an_issued_invoice_is_posted'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='sealed_invoices_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'INSERT' THEN\n                        IF NEW.state = 'DRAFT' THEN\n                            RETURN NEW;\n                        END IF;\n                        RAISE EXCEPTION 'an invoice begins as a draft'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'an_invoice_begins_as_a_draft';\n                    END IF;\n                    IF TG_OP = 'UPDATE' THEN\n                        -- Who it is of, and its number, stay from the first draft on.\n                        IF (NEW.id, NEW.number, NEW.kind, NEW.consumer_id, NEW.case_id, NEW.run_id)\n                           IS NOT DISTINCT FROM\n                           (OLD.id, OLD.number, OLD.kind, OLD.consumer_id, OLD.case_id, OLD.run_id)\n                        THEN\n                            IF OLD.state = 'DRAFT' AND (NEW.state IN ('DRAFT', 'VOID')\n                               OR NEW.state = CASE OLD.kind WHEN 'FINAL' THEN 'APPROVED'\n                                                            ELSE 'ISSUED' END)\n                            THEN\n                                RETURN NEW;\n                            END IF;\n                            -- Its paper is made afterwards, once. What PostgreSQL generates is\n                            -- not known yet, and follows from what is compared.\n                            IF OLD.pdf_id IS NULL AND NEW.state = OLD.state\n                               AND to_jsonb(NEW) - ARRAY['pdf_id', 'due', 'refund_due']\n                                 = to_jsonb(OLD) - ARRAY['pdf_id', 'due', 'refund_due']\n                            THEN\n                                RETURN NEW;\n                            END IF;\n                            -- A credit note that two people decided takes it back, once.\n                            IF OLD.taken_back_at IS NULL AND NEW.taken_back_at IS NOT NULL\n                               AND to_jsonb(NEW) - ARRAY['taken_back_at', 'due', 'refund_due']\n                                 = to_jsonb(OLD) - ARRAY['taken_back_at', 'due', 'refund_due']\n                               AND EXISTS (SELECT 1 FROM billing_creditnote n\n                                            WHERE n.invoice_id = OLD.id AND n.state = 'APPROVED')\n                            THEN\n                                RETURN NEW;\n                            END IF;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'invoice % is sealed', OLD.number\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'sealed_invoices_stay';\n                    ", hash='ba36b9ebbd47490a7f9da5321634446d6a4cec7d', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_sealed_invoices_stay_6f999', table='billing_invoice', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='a_sealed_invoice_adds_up', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state = 'DRAFT' AND NEW.state IN ('ISSUED', 'APPROVED'))", constraint='CONSTRAINT', func="\n                    IF NEW.billed IS DISTINCT FROM (\n                        SELECT coalesce(sum(l.amount), 0) FROM billing_invoiceline l\n                          JOIN billing_invoicesection s ON s.id = l.section_id\n                         WHERE s.invoice_id = NEW.id)\n                       OR NEW.billed IS DISTINCT FROM (\n                        SELECT coalesce(sum(e.amount), 0) FROM billing_ledgerentry e\n                          JOIN billing_ledgeraccount a ON a.id = e.account_id\n                          JOIN billing_ledgertransaction t ON t.id = e.transaction_id\n                         WHERE t.id = NEW.posting_id AND a.kind = 'RECEIVABLE'\n                           AND a.consumer_id = NEW.consumer_id AND t.reverses_id IS NULL)\n                    THEN\n                        RAISE EXCEPTION 'invoice % does not add up', NEW.number\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_sealed_invoice_adds_up';\n                    END IF;\n                    RETURN NULL;\n                    ", hash='8e39f239a248688fb686f5a4b05b66f8fd83a779', operation='UPDATE', pgid='pgtrigger_a_sealed_invoice_adds_up_48174', table='billing_invoice', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='the_newest_bill_is_taken_back_first', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.taken_back_at IS NULL AND NEW.taken_back_at IS NOT NULL)', func="\n                    IF EXISTS (\n                        SELECT 1 FROM billing_invoicesection mine\n                          JOIN billing_invoicesection later\n                            ON later.service_connection_id = mine.service_connection_id\n                           AND later.to_on > mine.to_on AND later.invoice_id <> mine.invoice_id\n                          JOIN billing_invoice i ON i.id = later.invoice_id\n                         WHERE mine.invoice_id = NEW.id\n                           AND i.state IN ('ISSUED', 'APPROVED') AND i.taken_back_at IS NULL)\n                    THEN\n                        RAISE EXCEPTION 'a later bill goes on where invoice % ends', NEW.number\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'the_newest_bill_is_taken_back_first';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='63725b97db1f456866a3f3b201b629e72b4cd09b', operation='UPDATE', pgid='pgtrigger_the_newest_bill_is_taken_back_first_f2254', table='billing_invoice', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='a_large_bill_takes_two_people', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state = 'DRAFT' AND NEW.state = 'APPROVED')", declare='DECLARE moved numeric; had_a_hand boolean;', func="\n                    SELECT coalesce(sum(abs(a.amount)), 0),\n                           NEW.made_by_id = NEW.approved_by_id\n                           OR coalesce(bool_or(a.added_by_id = NEW.approved_by_id), false)\n                      INTO moved, had_a_hand\n                      FROM billing_billadjustment a\n                     WHERE a.case_id = NEW.case_id AND a.removed_at IS NULL;\n                    IF had_a_hand AND greatest(abs(NEW.billed), moved)\n                       > (SELECT p.two_people_from FROM billing_billingpolicy p WHERE p.id = 1)\n                    THEN\n                        RAISE EXCEPTION 'somebody else must approve invoice %', NEW.number\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_large_bill_takes_two_people';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='d37a79ac8481acb10ffa59ee7587af76f7200c54', operation='UPDATE', pgid='pgtrigger_a_large_bill_takes_two_people_51336', table='billing_invoice', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='CreditNote',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.CharField(max_length=20)),
                    ('reason', models.CharField(max_length=250)),
                    ('state', models.CharField(choices=[('PROPOSED', 'Proposed'), ('APPROVED', 'Approved'), ('REJECTED', 'Rejected')], default='PROPOSED', max_length=10)),
                    ('proposed_at', models.DateTimeField()),
                    ('decided_at', models.DateTimeField(blank=True, null=True)),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credit_notes', to='billing.invoice')),
                    ('posting', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.ledgertransaction')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('number',), name='credit_note_number_is_unique'),
                        models.UniqueConstraint(condition=models.Q(('state', 'REJECTED'), _negated=True), fields=('invoice',), name='an_invoice_is_taken_back_once'),
                        models.CheckConstraint(condition=models.Q(('state__in', ['PROPOSED', 'APPROVED', 'REJECTED'])), name='credit_note_state_is_known'),
                        models.CheckConstraint(condition=models.Q(('decided_by', models.F('proposed_by')), _negated=True), name='a_credit_note_takes_two_people'),
                        models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'PROPOSED')), models.Q(models.Q(('state', 'PROPOSED'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='a_decided_credit_note_says_by_whom'),
                        models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_credit_note_has_a_reason'),
                        models.CheckConstraint(condition=models.Q(('state', 'APPROVED'), ('posting__isnull', True), _connector='OR'), name='only_an_approved_credit_note_is_posted'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='decided_credit_notes_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'INSERT' THEN\n                        IF NEW.state = 'PROPOSED' THEN\n                            RETURN NEW;\n                        END IF;\n                    ELSIF TG_OP = 'UPDATE' AND OLD.state = 'PROPOSED' THEN\n                        -- Approved, it mirrors what its invoice posted; nothing of nothing.\n                        IF (NEW.id, NEW.invoice_id, NEW.number, NEW.reason, NEW.proposed_by_id)\n                           = (OLD.id, OLD.invoice_id, OLD.number, OLD.reason, OLD.proposed_by_id)\n                           AND (NEW.state <> 'APPROVED' OR (\n                                SELECT t.reverses_id FROM billing_ledgertransaction t\n                                 WHERE t.id = NEW.posting_id) IS NOT DISTINCT FROM (\n                                SELECT i.posting_id FROM billing_invoice i\n                                 WHERE i.id = NEW.invoice_id))\n                        THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'a credit note stays as it was decided'\n                        USING ERRCODE = 'check_violation',\n                              CONSTRAINT = 'decided_credit_notes_stay';\n                    ", hash='0fe3da8d60902c5bef4bad5dd9386143a6341396', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_decided_credit_notes_stay_46bce', table='billing_creditnote', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='LedgerEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='billing.ledgeraccount')),
                    ('service_connection', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.serviceconnection')),
                    ('transaction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='billing.ledgertransaction')),
                ],
                options={
                    'verbose_name_plural': 'ledger entries',
                    'indexes': [
                        models.Index(fields=['account', 'id'], name='entry_by_account'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(models.Q(('amount', 0), _negated=True), ('amount__range', (-1000000000000, 1000000000000))), name='an_entry_moves_a_number'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='ledger_entries_never_change', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1938d21ca467fb07edf4c436e8e32046e9b48e3a', operation='UPDATE OR DELETE', pgid='pgtrigger_ledger_entries_never_change_fcc0d', table='billing_ledgerentry', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='an_entry_balances', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n                    -- Also for an entry that is added to an old posting.\n                    IF (SELECT count(*) <> max(t.legs) OR sum(e.amount) <> 0\n                          FROM billing_ledgerentry e\n                          JOIN billing_ledgertransaction t ON t.id = e.transaction_id\n                         WHERE e.transaction_id = NEW.transaction_id)\n                    THEN\n                        RAISE EXCEPTION 'posting % does not balance', NEW.transaction_id\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_posting_balances';\n                    END IF;\n                    RETURN NULL;\n                    ", hash='7f371dcfc9b1031e77ea820514add08de0a6be1c', operation='INSERT', pgid='pgtrigger_an_entry_balances_5c173', table='billing_ledgerentry', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Payment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.CharField(help_text='PAY-2026-000001.', max_length=20)),
                    ('source', models.CharField(choices=[('DESK', 'Desk'), ('GATEWAY', 'Payment gateway'), ('IMPORT', 'Import')], max_length=10)),
                    ('reference', models.CharField(blank=True, help_text='Theirs: of the bank, the gateway, the cheque.', max_length=60)),
                    ('method', models.CharField(choices=[('CASH', 'Cash'), ('CARD', 'Card'), ('BANK_TRANSFER', 'Bank Transfer'), ('CHEQUE', 'Cheque'), ('ONLINE_BANKING', 'Online Banking')], max_length=15)),
                    ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                    ('paid_on', models.DateField()),
                    ('state', models.CharField(choices=[('PENDING', 'Pending'), ('PROCESSED', 'Processed'), ('FAILED', 'Failed')], max_length=10)),
                    ('recorded_at', models.DateTimeField()),
                    ('settled_at', models.DateTimeField(blank=True, help_text='When it was processed or failed.', null=True)),
                    ('failure', models.CharField(blank=True, help_text='Why it failed.', max_length=120)),
                    ('reversed_at', models.DateTimeField(blank=True, null=True)),
                    ('reversal_reason', models.CharField(blank=True, max_length=250)),
                    ('consumer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='consumers.consumer')),
                    ('posting', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payment', to='billing.ledgertransaction')),
                    ('receipt', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.storedfile')),
                    ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('reversed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['consumer', '-paid_on', '-id'], name='payment_by_consumer'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('number',), name='payment_number_is_unique'),
                        models.UniqueConstraint(condition=models.Q(('reference', ''), _negated=True), fields=('source', 'reference'), name='a_payment_reference_is_used_once'),
                        models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('amount__lt', 1000000000000)), name='a_payment_is_positive'),
                        models.CheckConstraint(condition=models.Q(('source__in', ['DESK', 'GATEWAY', 'IMPORT'])), name='payment_source_is_known'),
                        models.CheckConstraint(condition=models.Q(('method__in', ['CASH', 'CARD', 'BANK_TRANSFER', 'CHEQUE', 'ONLINE_BANKING'])), name='payment_method_is_known'),
                        models.CheckConstraint(condition=models.Q(('state__in', ['PENDING', 'PROCESSED', 'FAILED'])), name='payment_state_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('posting__isnull', False), ('state', 'PROCESSED')), models.Q(models.Q(('state', 'PROCESSED'), _negated=True), ('posting__isnull', True)), _connector='OR'), name='a_processed_payment_is_posted'),
                        models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('state', 'PENDING')), models.Q(models.Q(('state', 'PENDING'), _negated=True), ('settled_at__isnull', False)), _connector='OR'), name='a_settled_payment_says_when'),
                        models.CheckConstraint(condition=models.Q(models.Q(('reversal_reason', ''), ('reversed_at__isnull', True)), models.Q(('reversed_at__isnull', False), ('state', 'PROCESSED'), models.Q(('reversal_reason', ''), _negated=True)), _connector='OR'), name='a_reversed_payment_says_why'),
                        models.CheckConstraint(condition=models.Q(('reversed_by', models.F('recorded_by')), _negated=True), name='a_reversal_takes_two_people'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='payments_move_once', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE moves text[];', func="\n                    IF TG_OP = 'UPDATE' THEN\n                        moves := ARRAY['receipt_id'];\n                        IF OLD.receipt_id IS NOT NULL THEN\n                            moves := ARRAY[]::text[];\n                        END IF;\n                        IF OLD.state = 'PENDING' THEN\n                            moves := moves || ARRAY['state', 'settled_at', 'failure', 'posting_id'];\n                        ELSIF OLD.state = 'PROCESSED' AND OLD.reversed_at IS NULL THEN\n                            moves := moves\n                                || ARRAY['reversed_at', 'reversed_by_id', 'reversal_reason'];\n                        END IF;\n                        IF to_jsonb(NEW) - moves = to_jsonb(OLD) - moves THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'payment % stays as it is', OLD.number\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_move_once';\n                    ", hash='cc40fcd6a8887e481164cccf7d88247e3879da4e', operation='UPDATE OR DELETE', pgid='pgtrigger_payments_move_once_7fcd2', table='billing_payment', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='a_payment_is_taken_back_by_two_people', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.reversed_at IS NULL AND NEW.reversed_at IS NOT NULL)', func="\n                    -- One proposed it, another approved it; and not who recorded the payment.\n                    IF NEW.reversed_by_id IS NOT DISTINCT FROM NEW.recorded_by_id\n                       OR NOT EXISTS (SELECT 1 FROM billing_reversal r\n                                       WHERE r.payment_id = NEW.id AND r.state = 'APPROVED'\n                                         AND r.decided_by_id = NEW.reversed_by_id)\n                    THEN\n                        RAISE EXCEPTION 'payment % is taken back by two people', NEW.number\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_payment_is_taken_back_by_two_people';\n                    END IF;\n                    RETURN NULL;\n                    ", hash='094785667f8df8ddd797165802acf76ed7bdcfc2', operation='UPDATE', pgid='pgtrigger_a_payment_is_taken_back_by_two_people_d2239', table='billing_payment', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Refund',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.CharField(help_text='REF-2026-000001.', max_length=20)),
                    ('source', models.CharField(choices=[('CREDIT', 'Credit on the account'), ('DEPOSIT', 'Security deposit')], max_length=10)),
                    ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                    ('method', models.CharField(choices=[('CASH', 'Cash'), ('CARD', 'Card'), ('BANK_TRANSFER', 'Bank Transfer'), ('CHEQUE', 'Cheque'), ('ONLINE_BANKING', 'Online Banking')], max_length=15)),
                    ('reason', models.CharField(max_length=250)),
                    ('state', models.CharField(choices=[('PROPOSED', 'Proposed'), ('APPROVED', 'Approved'), ('REJECTED', 'Rejected')], default='PROPOSED', max_length=10)),
                    ('needs_second_person', models.BooleanField(help_text='By the policy when it was proposed; then the proposer cannot approve it.')),
                    ('proposed_at', models.DateTimeField()),
                    ('decided_at', models.DateTimeField(blank=True, null=True)),
                    ('decision', models.CharField(blank=True, help_text='Why it was rejected.', max_length=250)),
                    ('consumer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='consumers.consumer')),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('posting', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='refund', to='billing.ledgertransaction')),
                    ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['consumer', '-id'], name='refund_by_consumer'),
                        models.Index(condition=models.Q(('state', 'PROPOSED')), fields=['proposed_at'], name='refund_that_waits'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('number',), name='refund_number_is_unique'),
                        models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('amount__lt', 1000000000000)), name='a_refund_is_positive'),
                        models.CheckConstraint(condition=models.Q(('source__in', ['CREDIT', 'DEPOSIT'])), name='refund_source_is_known'),
                        models.CheckConstraint(condition=models.Q(('method__in', ['CASH', 'CARD', 'BANK_TRANSFER', 'CHEQUE', 'ONLINE_BANKING'])), name='refund_method_is_known'),
                        models.CheckConstraint(condition=models.Q(('state__in', ['PROPOSED', 'APPROVED', 'REJECTED'])), name='refund_state_is_known'),
                        models.CheckConstraint(condition=models.Q(('needs_second_person', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='a_large_refund_takes_two_people'),
                        models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'PROPOSED')), models.Q(models.Q(('state', 'PROPOSED'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='a_decided_refund_says_by_whom'),
                        models.CheckConstraint(condition=models.Q(models.Q(('posting__isnull', False), ('state', 'APPROVED')), models.Q(models.Q(('state', 'APPROVED'), _negated=True), ('posting__isnull', True)), _connector='OR'), name='an_approved_refund_is_posted'),
                        models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_refund_has_a_reason'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='refunds_are_decided_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND OLD.state = 'PROPOSED' THEN\n                        IF to_jsonb(NEW) - ARRAY['state', 'decided_at', 'decided_by_id', 'decision',\n                                                 'posting_id']\n                           = to_jsonb(OLD) - ARRAY['state', 'decided_at', 'decided_by_id',\n                                                   'decision', 'posting_id']\n                        THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'refund % stays as it was decided', OLD.number\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_are_decided_once';\n                    ", hash='0ba0ab45bca61ee72eb6d553c11a12cfccd0466d', operation='UPDATE OR DELETE', pgid='pgtrigger_refunds_are_decided_once_bab10', table='billing_refund', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='a_refund_is_covered_by_the_credit', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.state = 'APPROVED' AND NEW.source = 'CREDIT')", func="\n                    -- It is posted by now, and who posts at this account next waits for its row.\n                    IF (SELECT a.balance FROM billing_ledgeraccount a\n                         WHERE a.consumer_id = NEW.consumer_id AND a.kind = 'RECEIVABLE') > 0\n                    THEN\n                        RAISE EXCEPTION 'refund % is more than the credit', NEW.number\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_refund_is_covered_by_the_credit';\n                    END IF;\n                    RETURN NULL;\n                    ", hash='8e02915bfad18c6b4d58ed7c279a0601a4805034', operation='UPDATE', pgid='pgtrigger_a_refund_is_covered_by_the_credit_384dd', table='billing_refund', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='a_refund_begins_as_a_proposal', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NEW.state <> 'PROPOSED' OR (NOT NEW.needs_second_person\n                       AND NEW.amount > (SELECT refund_two_people_from FROM billing_billingpolicy))\n                    THEN\n                        RAISE EXCEPTION 'refund % begins otherwise', NEW.number\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_refund_begins_as_a_proposal';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='82a249480389d495950db33ccb6c6164fb9ea612', operation='INSERT', pgid='pgtrigger_a_refund_begins_as_a_proposal_49247', table='billing_refund', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SettlementChoice',
                fields=[
                    ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='settlement_choice', serialize=False, to='cases.case')),
                    ('uses_deposit', models.BooleanField(blank=True, help_text='Empty: as it follows from what is owed (BIL3).', null=True)),
                    ('deposit_plan', models.CharField(blank=True, choices=[('REFUND', 'Refund it'), ('TRANSFER', 'Transfer it to another account'), ('KEEP', 'Keep it for a reconnection')], max_length=10)),
                    ('deposit_plan_on', models.DateField(blank=True, help_text='To be done by then.', null=True)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('set_at', models.DateTimeField()),
                    ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('deposit_plan', ''), ('deposit_plan__in', ['REFUND', 'TRANSFER', 'KEEP']), _connector='OR'), name='deposit_plan_is_known'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Tariff',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(help_text='As bills show it, such as Residential 2026.', max_length=80)),
                    ('utility_type', models.CharField(choices=[('ELECTRICITY', 'Electricity'), ('WATER', 'Water'), ('GAS', 'Gas')], max_length=15)),
                    ('valid', django.contrib.postgres.fields.ranges.DateRangeField(help_text='From the first day to before the last; the end may be open.')),
                    ('fixed_charge', models.DecimalField(decimal_places=2, default=0, help_text='A month; prorated by days.', max_digits=14)),
                    ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.category')),
                ],
                options={
                    'constraints': [
                        django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('utility_type', '='), ('category', '='), ('valid', '&&')], name='one_tariff_at_a_time', violation_error_message='Another tariff is valid for them on some of these days.'),
                        models.CheckConstraint(condition=models.Q(('utility_type__in', ['ELECTRICITY', 'WATER', 'GAS'])), name='tariff_utility_is_known'),
                        models.CheckConstraint(condition=models.Q(('valid__isempty', False), ('valid__startswith__isnull', False)), name='a_tariff_begins_some_day', violation_error_message='Say on which day the tariff begins.'),
                        models.CheckConstraint(condition=models.Q(('fixed_charge__range', (0, 1000000000))), name='a_fixed_charge_is_not_negative'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='a_used_tariff_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' THEN\n                        IF (NEW.id, NEW.name, NEW.utility_type, NEW.category_id, NEW.fixed_charge,\n                            lower(NEW.valid))\n                           = (OLD.id, OLD.name, OLD.utility_type, OLD.category_id,\n                              OLD.fixed_charge, lower(OLD.valid))\n                        THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    \nIF EXISTS (SELECT 1 FROM billing_invoicesection s WHERE s.tariff_id = OLD.id) THEN\n    RAISE EXCEPTION 'an invoice was made by this tariff: it stays, make a new version'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'a_used_tariff_stays';\nEND IF;\n\n                    IF TG_OP = 'DELETE' THEN\n                        RETURN OLD;\n                    END IF;\n                    RETURN NEW;\n                    ", hash='84bb3a7127dbe5211526b2df5e12e08df6603843', operation='UPDATE OR DELETE', pgid='pgtrigger_a_used_tariff_stays_fd5ae', table='billing_tariff', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "billing_tariffevent" ("category_id", "fixed_charge", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "utility_type", "valid") VALUES (NEW."category_id", NEW."fixed_charge", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."utility_type", NEW."valid"); RETURN NULL;', hash='382761c9f251d5b381c0142e7002f2cc83878296', operation='INSERT', pgid='pgtrigger_insert_insert_1e8eb', table='billing_tariff', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "billing_tariffevent" ("category_id", "fixed_charge", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "utility_type", "valid") VALUES (NEW."category_id", NEW."fixed_charge", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."utility_type", NEW."valid"); RETURN NULL;', hash='87ef9ca31f446fead0fd89449287bcc52ee009a3', operation='UPDATE', pgid='pgtrigger_update_update_9019e', table='billing_tariff', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='InvoiceSection',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('utility_type', models.CharField(choices=[('ELECTRICITY', 'Electricity'), ('WATER', 'Water'), ('GAS', 'Gas')], max_length=15)),
                    ('from_on', models.DateField(help_text='First day charged.')),
                    ('to_on', models.DateField(help_text='Last day charged.')),
                    ('meter_number', models.CharField(blank=True, max_length=40)),
                    ('device_number', models.CharField(blank=True, max_length=40)),
                    ('meter_type', models.CharField(blank=True, max_length=60)),
                    ('unit', models.CharField(blank=True, max_length=10)),
                    ('basis', models.CharField(choices=[('READ', 'Read'), ('ESTIMATED', 'Estimated'), ('NO_METER', 'No meter')], max_length=10)),
                    ('previous_reading', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True)),
                    ('previous_on', models.DateField(blank=True, null=True)),
                    ('last_reading', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True)),
                    ('read_on', models.DateField(blank=True, null=True)),
                    ('consumption', models.DecimalField(decimal_places=3, default=0, max_digits=12)),
                    ('amount', models.DecimalField(decimal_places=2, help_text='Sum of its lines.', max_digits=14)),
                    ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sections', to='billing.invoice')),
                    ('meter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.meter')),
                    ('service_connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.serviceconnection')),
                    ('tariff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.tariff')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['service_connection', '-to_on'], name='section_by_service'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('invoice', 'service_connection', 'from_on'), name='a_service_is_billed_once_per_invoice'),
                        models.CheckConstraint(condition=models.Q(('basis__in', ['READ', 'ESTIMATED', 'NO_METER'])), name='reading_basis_is_known'),
                        models.CheckConstraint(condition=models.Q(('to_on__gte', models.F('from_on'))), name='a_section_ends_after_it_begins'),
                        models.CheckConstraint(condition=models.Q(('consumption__range', (0, 1000000000))), name='consumption_is_not_negative'),
                        models.CheckConstraint(condition=models.Q(('amount__range', (-1000000000000, 1000000000000))), name='a_section_holds_a_number'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='sections_of_a_sealed_invoice_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP <> 'INSERT' THEN\nIF (SELECT i.state FROM billing_invoice i WHERE i.id = OLD.invoice_id) IS DISTINCT FROM 'DRAFT' THEN\n    RAISE EXCEPTION 'the content of a sealed invoice stays'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'content_of_a_sealed_invoice_stays';\nEND IF;\nEND IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\nIF (SELECT i.state FROM billing_invoice i WHERE i.id = NEW.invoice_id) IS DISTINCT FROM 'DRAFT' THEN\n    RAISE EXCEPTION 'the content of a sealed invoice stays'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'content_of_a_sealed_invoice_stays';\nEND IF;\nRETURN NEW;", hash='60443323a94759987440ce46119c137b95cf16e7', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_sections_of_a_sealed_invoice_stay_707b6', table='billing_invoicesection', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='InvoiceLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.PositiveSmallIntegerField()),
                    ('kind', models.CharField(choices=[('FIXED', 'Fixed charge'), ('USAGE', 'Consumption'), ('TAX', 'Tax'), ('TRUE_UP', 'Correction of an estimate'), ('ADJUSTMENT', 'Adjustment')], max_length=12)),
                    ('words', models.CharField(help_text='What a reader sees, such as Fixed charge.', max_length=120)),
                    ('quantity', models.DecimalField(blank=True, decimal_places=3, help_text='Units, or days.', max_digits=12, null=True)),
                    ('of', models.DecimalField(blank=True, decimal_places=3, help_text='Days of the month, of a fixed charge; what is taxed, of a tax.', max_digits=12, null=True)),
                    ('rate', models.DecimalField(blank=True, decimal_places=6, help_text='Of a unit, month, or %.', max_digits=14, null=True)),
                    ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                    ('reason', models.CharField(blank=True, help_text='Why, of an adjustment.', max_length=250)),
                    ('section', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='billing.invoicesection')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('section', 'position'), name='lines_of_a_section_are_numbered'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['FIXED', 'USAGE', 'TAX', 'TRUE_UP', 'ADJUSTMENT'])), name='line_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('kind', 'ADJUSTMENT'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='an_adjustment_says_why'),
                        models.CheckConstraint(condition=models.Q(('amount__range', (-1000000000000, 1000000000000))), name='a_line_holds_a_number'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='lines_of_a_sealed_invoice_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP <> 'INSERT' THEN\nIF (SELECT i.state FROM billing_invoice i WHERE i.id = (SELECT s.invoice_id FROM billing_invoicesection s WHERE s.id = OLD.section_id)) IS DISTINCT FROM 'DRAFT' THEN\n    RAISE EXCEPTION 'the content of a sealed invoice stays'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'content_of_a_sealed_invoice_stays';\nEND IF;\nEND IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\nIF (SELECT i.state FROM billing_invoice i WHERE i.id = (SELECT s.invoice_id FROM billing_invoicesection s WHERE s.id = NEW.section_id)) IS DISTINCT FROM 'DRAFT' THEN\n    RAISE EXCEPTION 'the content of a sealed invoice stays'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'content_of_a_sealed_invoice_stays';\nEND IF;\nRETURN NEW;", hash='2a6ab9044092bc01adad230fcf05a17efa4c174b', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_lines_of_a_sealed_invoice_stay_09dcd', table='billing_invoiceline', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='TariffEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name', models.CharField(help_text='As bills show it, such as Residential 2026.', max_length=80)),
                    ('utility_type', models.CharField(choices=[('ELECTRICITY', 'Electricity'), ('WATER', 'Water'), ('GAS', 'Gas')], max_length=15)),
                    ('valid', django.contrib.postgres.fields.ranges.DateRangeField(help_text='From the first day to before the last; the end may be open.')),
                    ('fixed_charge', models.DecimalField(decimal_places=2, default=0, help_text='A month; prorated by days.', max_digits=14)),
                    ('category', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='consumers.category')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='billing.tariff')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d8d40f6a3a0feb586c8606c837c9aeacdeeb10a1', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_31392', table='billing_tariffevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='TariffSlab',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('above', models.DecimalField(decimal_places=3, default=0, help_text='Units a month; 0 for the first.', max_digits=12)),
                    ('rate', models.DecimalField(decimal_places=6, help_text='Price of one unit.', max_digits=12)),
                    ('tariff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='slabs', to='billing.tariff')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('tariff', 'above'), name='a_slab_begins_once', violation_error_message='Another slab begins there.'),
                        models.CheckConstraint(condition=models.Q(('above__range', (0, 1000000000))), name='a_slab_begins_at_a_number'),
                        models.CheckConstraint(condition=models.Q(('rate__range', (0, 1000000))), name='a_rate_is_not_negative'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='rates_of_a_used_tariff_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP <> 'INSERT' THEN\nIF EXISTS (SELECT 1 FROM billing_invoicesection s WHERE s.tariff_id = OLD.tariff_id) THEN\n    RAISE EXCEPTION 'an invoice was made by this tariff: it stays, make a new version'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'a_used_tariff_stays';\nEND IF;\nEND IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\nIF EXISTS (SELECT 1 FROM billing_invoicesection s WHERE s.tariff_id = NEW.tariff_id) THEN\n    RAISE EXCEPTION 'an invoice was made by this tariff: it stays, make a new version'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'a_used_tariff_stays';\nEND IF;\nRETURN NEW;", hash='61a1b0cbe25a450072f6c053536630528147376a', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_rates_of_a_used_tariff_stay_dc360', table='billing_tariffslab', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "billing_tariffslabevent" ("above", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "tariff_id") VALUES (NEW."above", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rate", NEW."tariff_id"); RETURN NULL;', hash='ccf31e44882879aae1d6c57bc655d39b2d03f1ce', operation='INSERT', pgid='pgtrigger_insert_insert_1a043', table='billing_tariffslab', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "billing_tariffslabevent" ("above", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "tariff_id") VALUES (NEW."above", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."rate", NEW."tariff_id"); RETURN NULL;', hash='7abdb7e3de6a029b1e00af363614ffd0aff7119a', operation='UPDATE', pgid='pgtrigger_update_update_cb6bf', table='billing_tariffslab', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "billing_tariffslabevent" ("above", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "tariff_id") VALUES (OLD."above", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."rate", OLD."tariff_id"); RETURN NULL;', hash='6bf2be579330d0337eefe9d9c7310af448541545', operation='DELETE', pgid='pgtrigger_delete_delete_574c0', table='billing_tariffslab', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='slabs_begin_at_nothing', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n        IF EXISTS (\n            SELECT 1 FROM billing_tariffslab s\n             WHERE s.tariff_id IN (OLD.tariff_id, NEW.tariff_id)\n             GROUP BY s.tariff_id HAVING min(s.above) > 0)\n        THEN\n            RAISE EXCEPTION 'the first slab of a tariff begins at 0'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'slabs_begin_at_nothing';\n        END IF;\n        RETURN NULL;\n        ", hash='88397c452c2e48d78f2d85e60bdb808266195312', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_slabs_begin_at_nothing_57880', table='billing_tariffslab', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='TariffSlabEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('above', models.DecimalField(decimal_places=3, default=0, help_text='Units a month; 0 for the first.', max_digits=12)),
                    ('rate', models.DecimalField(decimal_places=6, help_text='Price of one unit.', max_digits=12)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='billing.tariffslab')),
                    ('tariff', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='billing.tariff')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='547f04e1f2ee0ef8cf3575dffe70753d92e27cb1', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7b21f', table='billing_tariffslabevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='TariffTax',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=60)),
                    ('percent', models.DecimalField(decimal_places=3, max_digits=6)),
                    ('is_on_fixed', models.BooleanField(default=True, verbose_name='on fixed charges')),
                    ('is_on_usage', models.BooleanField(default=True, verbose_name='on consumption')),
                    ('tariff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='taxes', to='billing.tariff')),
                ],
                options={
                    'verbose_name_plural': 'tariff taxes',
                    'constraints': [
                        models.UniqueConstraint(fields=('tariff', 'name'), name='a_tax_is_named_once', violation_error_message='This tariff has a tax of that name.'),
                        models.CheckConstraint(condition=models.Q(('percent__range', (0, 100))), name='a_tax_is_a_percentage', violation_error_message='Enter a percentage from 0 to 100.'),
                        models.CheckConstraint(condition=models.Q(('is_on_fixed', True), ('is_on_usage', True), _connector='OR'), name='a_tax_is_on_something', violation_error_message='Say what the tax is on.'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='rates_of_a_used_tariff_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP <> 'INSERT' THEN\nIF EXISTS (SELECT 1 FROM billing_invoicesection s WHERE s.tariff_id = OLD.tariff_id) THEN\n    RAISE EXCEPTION 'an invoice was made by this tariff: it stays, make a new version'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'a_used_tariff_stays';\nEND IF;\nEND IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\nIF EXISTS (SELECT 1 FROM billing_invoicesection s WHERE s.tariff_id = NEW.tariff_id) THEN\n    RAISE EXCEPTION 'an invoice was made by this tariff: it stays, make a new version'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'a_used_tariff_stays';\nEND IF;\nRETURN NEW;", hash='9ae2c6a645491d88869b3209d73bb17660b76dd7', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_rates_of_a_used_tariff_stay_981ec', table='billing_tarifftax', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "billing_tarifftaxevent" ("id", "is_on_fixed", "is_on_usage", "name", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "tariff_id") VALUES (NEW."id", NEW."is_on_fixed", NEW."is_on_usage", NEW."name", NEW."percent", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."tariff_id"); RETURN NULL;', hash='3e26bdb69d5792995dde840b0890c59605ee3f6e', operation='INSERT', pgid='pgtrigger_insert_insert_03679', table='billing_tarifftax', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "billing_tarifftaxevent" ("id", "is_on_fixed", "is_on_usage", "name", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "tariff_id") VALUES (NEW."id", NEW."is_on_fixed", NEW."is_on_usage", NEW."name", NEW."percent", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."tariff_id"); RETURN NULL;', hash='4c28daf01b4bf090720f57ff0f91c62a92bef4c7', operation='UPDATE', pgid='pgtrigger_update_update_11bf0', table='billing_tarifftax', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "billing_tarifftaxevent" ("id", "is_on_fixed", "is_on_usage", "name", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "tariff_id") VALUES (OLD."id", OLD."is_on_fixed", OLD."is_on_usage", OLD."name", OLD."percent", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."tariff_id"); RETURN NULL;', hash='865f25a1bd14d0d4b038ef6693a7311eeda22efd', operation='DELETE', pgid='pgtrigger_delete_delete_0b98b', table='billing_tarifftax', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='TariffTaxEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name', models.CharField(max_length=60)),
                    ('percent', models.DecimalField(decimal_places=3, max_digits=6)),
                    ('is_on_fixed', models.BooleanField(default=True, verbose_name='on fixed charges')),
                    ('is_on_usage', models.BooleanField(default=True, verbose_name='on consumption')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='billing.tarifftax')),
                    ('tariff', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='billing.tariff')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d3c4dc700c53e4cc37546223e1df097db7e81982', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_9aef1', table='billing_tarifftaxevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ApiKey',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=60)),
                    ('prefix', models.CharField(help_text='Its first characters, to tell keys apart.', max_length=12)),
                    ('digest', models.CharField(max_length=64)),
                    ('is_active', models.BooleanField(default=True)),
                    ('created_at', models.DateTimeField()),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('name',), name='an_api_key_is_named_once'),
                        models.UniqueConstraint(fields=('digest',), name='an_api_key_is_given_once'),
                        models.CheckConstraint(condition=models.Q(('digest__regex', '^[0-9a-f]{64}$')), name='key_digest_is_sha256'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "billing_apikeyevent" ("created_at", "created_by_id", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix") VALUES (NEW."created_at", NEW."created_by_id", NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."prefix"); RETURN NULL;', hash='7c4eeedcbecd30fc7e57e8c0a7cf4edb2db59427', operation='INSERT', pgid='pgtrigger_insert_insert_8f132', table='billing_apikey', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."prefix" IS DISTINCT FROM (NEW."prefix"))', func='INSERT INTO "billing_apikeyevent" ("created_at", "created_by_id", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix") VALUES (NEW."created_at", NEW."created_by_id", NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."prefix"); RETURN NULL;', hash='a3f0ced464e2960a63ee44d7ef61ac71e943f217', operation='UPDATE', pgid='pgtrigger_update_update_28e0e', table='billing_apikey', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='IntakeAnswer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=128)),
                    ('body_digest', models.CharField(max_length=64)),
                    ('status', models.PositiveSmallIntegerField()),
                    ('answer', models.JSONField()),
                    ('at', models.DateTimeField()),
                    ('api_key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.apikey')),
                    ('payment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.payment')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('api_key', 'key'), name='an_idempotency_key_is_answered_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Arrangement',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.CharField(help_text='PA-2026-000001.', max_length=20)),
                    ('total', models.DecimalField(decimal_places=2, max_digits=14)),
                    ('state', models.CharField(choices=[('RUNNING', 'Running'), ('KEPT', 'Kept'), ('BROKEN', 'Broken'), ('CANCELLED', 'Cancelled')], default='RUNNING', max_length=10)),
                    ('made_at', models.DateTimeField()),
                    ('after_posting', models.BigIntegerField(help_text="The ledger's last posting when it was made: what was paid later counts.")),
                    ('next_due_on', models.DateField(blank=True, help_text='Of the oldest instalment not yet paid; when to look.', null=True)),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('reason', models.CharField(blank=True, help_text='Why it was cancelled.', max_length=250)),
                    ('consumer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='arrangements', to='consumers.consumer')),
                    ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('hold', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='arrangement', to='consumers.accounthold')),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [
                        models.Index(condition=models.Q(('state', 'RUNNING')), fields=['next_due_on'], name='arrangement_that_runs'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('number',), name='arrangement_number_is_unique'),
                        models.UniqueConstraint(condition=models.Q(('state', 'RUNNING')), fields=('consumer',), name='a_consumer_has_one_running_arrangement'),
                        models.CheckConstraint(condition=models.Q(('state__in', ['RUNNING', 'KEPT', 'BROKEN', 'CANCELLED'])), name='arrangement_state_is_known'),
                        models.CheckConstraint(condition=models.Q(('total__gt', 0), ('total__lt', 1000000000000)), name='an_arrangement_is_positive'),
                        models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state', 'RUNNING')), models.Q(models.Q(('state', 'RUNNING'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='an_ended_arrangement_says_when'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='ended_arrangements_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND OLD.state = 'RUNNING' THEN\n                        IF (NEW.id, NEW.number, NEW.consumer_id, NEW.total, NEW.hold_id)\n                           = (OLD.id, OLD.number, OLD.consumer_id, OLD.total, OLD.hold_id)\n                        THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'arrangement % stays as it ended', OLD.number\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'ended_arrangements_stay';\n                    ", hash='fc6a21ec45522f539967acc738c4da2b37785679', operation='UPDATE OR DELETE', pgid='pgtrigger_ended_arrangements_stay_6d093', table='billing_arrangement', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Instalment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('due_on', models.DateField()),
                    ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                    ('arrangement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='instalments', to='billing.arrangement')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('arrangement', 'due_on'), name='one_instalment_a_day'),
                        models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('amount__lt', 1000000000000)), name='an_instalment_is_positive'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='BillAdjustment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('amount', models.DecimalField(decimal_places=2, help_text='Below 0: taken off.', max_digits=14)),
                    ('reason', models.CharField(max_length=250)),
                    ('added_at', models.DateTimeField()),
                    ('removed_at', models.DateTimeField(blank=True, null=True)),
                    ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bill_adjustments', to='cases.case')),
                    ('removed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(models.Q(('amount', 0), _negated=True), ('amount__range', (-1000000000000, 1000000000000))), name='an_adjustment_is_a_number'),
                        models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='an_adjustment_has_a_reason'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='BillDraft',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField()),
                    ('content', models.JSONField(help_text='Sections, lines and sums; nothing personal.')),
                    ('made_at', models.DateTimeField()),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='billing.invoice')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('invoice', 'version'), name='a_draft_is_kept_once_per_version'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='drafts_stay_as_they_were', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1ad0893830c5016a79a9ab10d58ad5b0f995c813', operation='UPDATE OR DELETE', pgid='pgtrigger_drafts_stay_as_they_were_97204', table='billing_billdraft', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='BillingPolicy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('days_to_pay', models.PositiveSmallIntegerField(default=20, help_text="From the invoice's day to its due date.")),
                    ('two_people_from', models.DecimalField(decimal_places=2, default=Decimal('250.00'), help_text='Billed amount above which who generated a final bill may not approve it.', max_digits=14, verbose_name='final bill needs a second person above')),
                    ('refund_two_people_from', models.DecimalField(decimal_places=2, default=Decimal('50.00'), max_digits=14, verbose_name='refund needs a second person above')),
                    ('largest_payment', models.DecimalField(decimal_places=2, default=Decimal('9999999999.99'), max_digits=14)),
                    ('deposit_interest', models.DecimalField(decimal_places=3, default=0, help_text='0: none.', max_digits=6, verbose_name='interest on deposits, percent a year')),
                    ('unusual_from', models.PositiveSmallIntegerField(default=10, help_text="Times the consumer's usual one.", verbose_name='consumption is unusual from')),
                ],
                options={
                    'verbose_name': 'billing policy',
                    'verbose_name_plural': 'billing policy',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('pk', 1)), name='there_is_one_billing_policy'),
                        models.CheckConstraint(condition=models.Q(('days_to_pay__range', (1, 365))), name='days_to_pay_are_within_a_year', violation_error_message='Enter 1 to 365 days.'),
                        models.CheckConstraint(condition=models.Q(('two_people_from__range', (0, 1000000000000))), name='bill_threshold_is_a_number'),
                        models.CheckConstraint(condition=models.Q(('refund_two_people_from__range', (0, 1000000000000))), name='refund_threshold_is_a_number'),
                        models.CheckConstraint(condition=models.Q(('largest_payment__gt', 0), ('largest_payment__lt', 1000000000000)), name='largest_payment_is_positive'),
                        models.CheckConstraint(condition=models.Q(('deposit_interest__range', (0, 100))), name='deposit_interest_is_a_percentage'),
                        models.CheckConstraint(condition=models.Q(('unusual_from__gt', 1)), name='unusual_is_above_the_usual'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "billing_billingpolicyevent" ("days_to_pay", "deposit_interest", "id", "largest_payment", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "refund_two_people_from", "two_people_from", "unusual_from") VALUES (NEW."days_to_pay", NEW."deposit_interest", NEW."id", NEW."largest_payment", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."refund_two_people_from", NEW."two_people_from", NEW."unusual_from"); RETURN NULL;', hash='484a14c27fc582a1a69e527076275fbb513fc1a0', operation='INSERT', pgid='pgtrigger_insert_insert_84006', table='billing_billingpolicy', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "billing_billingpolicyevent" ("days_to_pay", "deposit_interest", "id", "largest_payment", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "refund_two_people_from", "two_people_from", "unusual_from") VALUES (NEW."days_to_pay", NEW."deposit_interest", NEW."id", NEW."largest_payment", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."refund_two_people_from", NEW."two_people_from", NEW."unusual_from"); RETURN NULL;', hash='d4d9858f7696217737d33976f5e562d083fa8547', operation='UPDATE', pgid='pgtrigger_update_update_d4fe4', table='billing_billingpolicy', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='BillingPolicyEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('days_to_pay', models.PositiveSmallIntegerField(default=20, help_text="From the invoice's day to its due date.")),
                    ('two_people_from', models.DecimalField(decimal_places=2, default=Decimal('250.00'), help_text='Billed amount above which who generated a final bill may not approve it.', max_digits=14, verbose_name='final bill needs a second person above')),
                    ('refund_two_people_from', models.DecimalField(decimal_places=2, default=Decimal('50.00'), max_digits=14, verbose_name='refund needs a second person above')),
                    ('largest_payment', models.DecimalField(decimal_places=2, default=Decimal('9999999999.99'), max_digits=14)),
                    ('deposit_interest', models.DecimalField(decimal_places=3, default=0, help_text='0: none.', max_digits=6, verbose_name='interest on deposits, percent a year')),
                    ('unusual_from', models.PositiveSmallIntegerField(default=10, help_text="Times the consumer's usual one.", verbose_name='consumption is unusual from')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='billing.billingpolicy')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='499aefb25fdfaeaf0f3cf0c79d1ab75ec17b74e8', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4e281', table='billing_billingpolicyevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='DepositUse',
                fields=[
                    ('invoice', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='deposit_use', serialize=False, to='billing.invoice')),
                    ('posting', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='deposit_use', to='billing.ledgertransaction')),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='uses_of_deposits_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='01f548cd3007196ee59c9f4f517bffd6fc5d8295', operation='UPDATE OR DELETE', pgid='pgtrigger_uses_of_deposits_stay_1b722', table='billing_deposituse', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ApiKeyEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name', models.CharField(max_length=60)),
                    ('prefix', models.CharField(help_text='Its first characters, to tell keys apart.', max_length=12)),
                    ('is_active', models.BooleanField(default=True)),
                    ('created_at', models.DateTimeField()),
                    ('created_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='billing.apikey')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='cfe287b99bf4d034c765430093a330aff71f2d00', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b4112', table='billing_apikeyevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='IntakeAllowance',
                fields=[
                    ('api_key', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='billing.apikey')),
                    ('turns_left', models.FloatField()),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('turns_left__gte', 0)), name='an_intake_allowance_is_not_negative'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='StatementPaper',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('from_on', models.DateField()),
                    ('to_on', models.DateField()),
                    ('upto', models.BigIntegerField(help_text="The consumer's last posting when it was asked for.")),
                    ('asked_at', models.DateTimeField()),
                    ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('consumer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='consumers.consumer')),
                    ('pdf', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.storedfile')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('consumer', 'from_on', 'to_on', 'upto'), name='a_statement_is_made_once'),
                        models.CheckConstraint(condition=models.Q(('to_on__gte', models.F('from_on'))), name='a_statement_ends_after_it_begins'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='statements_stay_as_asked_for', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    -- Its paper is made afterwards, once.\n                    IF TG_OP = 'UPDATE' THEN\n                        IF OLD.pdf_id IS NULL\n                           AND to_jsonb(NEW) - 'pdf_id' = to_jsonb(OLD) - 'pdf_id'\n                        THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'statement % stays as it is', OLD.id\n                        USING ERRCODE = 'check_violation',\n                              CONSTRAINT = 'statements_stay_as_asked_for';\n                    ", hash='facfc5c2f42ef895c2563c76fcc90fbdbe0cf3fd', operation='UPDATE OR DELETE', pgid='pgtrigger_statements_stay_as_asked_for_afdc0', table='billing_statementpaper', when='BEFORE')),
                    ],
                },
            ),
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
                options={
                    'indexes': [
                        models.Index(condition=models.Q(('state', 'PROPOSED')), fields=['proposed_at'], name='reversal_that_waits'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('number',), name='reversal_number_is_unique'),
                        models.UniqueConstraint(condition=models.Q(('state', 'REJECTED'), _negated=True), fields=('payment',), name='a_payment_has_one_reversal'),
                        models.CheckConstraint(condition=models.Q(('state__in', ['PROPOSED', 'APPROVED', 'REJECTED'])), name='reversal_state_is_known'),
                        models.CheckConstraint(condition=models.Q(('decided_by', models.F('proposed_by')), _negated=True), name='a_reversal_is_decided_by_another'),
                        models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'PROPOSED')), models.Q(models.Q(('state', 'PROPOSED'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='a_decided_reversal_says_by_whom'),
                        models.CheckConstraint(condition=models.Q(models.Q(('posting__isnull', False), ('state', 'APPROVED')), models.Q(models.Q(('state', 'APPROVED'), _negated=True), ('posting__isnull', True)), _connector='OR'), name='an_approved_reversal_is_posted'),
                        models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_reversal_has_a_reason'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='reversals_are_decided_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND OLD.state = 'PROPOSED' THEN\n                        IF to_jsonb(NEW) - ARRAY['state', 'decided_at', 'decided_by_id', 'decision',\n                                                 'posting_id']\n                           = to_jsonb(OLD) - ARRAY['state', 'decided_at', 'decided_by_id',\n                                                   'decision', 'posting_id']\n                        THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'reversal % stays as it was decided', OLD.number\n                        USING ERRCODE = 'check_violation',\n                              CONSTRAINT = 'reversals_are_decided_once';\n                    ", hash='7094d70eca5eb2f8be8e69dd64e36e5065fb9be6', operation='UPDATE OR DELETE', pgid='pgtrigger_reversals_are_decided_once_e0e81', table='billing_reversal', when='BEFORE')),
                    ],
                },
            ),
        ]),
        migrations.RunSQL(
            "ALTER TABLE billing_intakeallowance SET UNLOGGED",
            "ALTER TABLE billing_intakeallowance SET LOGGED",
        ),
    ]
