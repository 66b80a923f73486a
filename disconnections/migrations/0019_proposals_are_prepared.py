"""The record of a large proposal is written piece after piece; undone runs make no more."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("disconnections", "0018_non_payment_runs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="nonpaymentrun",
            name="runs_move_along_arrows",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="runaccount",
            name="outcomes_move_along_arrows",
        ),
        migrations.RemoveConstraint(
            model_name="nonpaymentrun",
            name="non_payment_run_state_is_known",
        ),
        migrations.RemoveConstraint(
            model_name="nonpaymentrun",
            name="a_run_has_accounts",
        ),
        migrations.RemoveConstraint(
            model_name="nonpaymentrun",
            name="a_run_that_began_says_who_started_it",
        ),
        migrations.AddField(
            model_name="nonpaymentrun",
            name="expected",
            field=models.PositiveIntegerField(
                default=0,
                help_text="So many accounts to be cut off the choice came to when it was made.",
            ),
        ),
        migrations.AlterField(
            model_name="nonpaymentrun",
            name="state",
            field=models.CharField(
                choices=[
                    ("PREPARING", "Being prepared"),
                    ("PROPOSED", "Proposed"),
                    ("RUNNING", "Running"),
                    ("STOPPED", "Stopped"),
                    ("DONE", "Done"),
                    ("UNDOING", "Being undone"),
                    ("UNDONE", "Undone"),
                    ("WITHDRAWN", "Withdrawn"),
                ],
                default="PREPARING",
                max_length=10,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="nonpaymentrun",
            trigger=pgtrigger.compiler.Trigger(
                name="runs_move_along_arrows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF TG_OP = 'DELETE' THEN\n                        RAISE EXCEPTION 'runs are never deleted'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'runs_stay';\n                    END IF;\n                    IF TG_OP = 'INSERT' THEN\n                        IF NEW.state <> 'PREPARING' THEN\n                            RAISE EXCEPTION 'a run begins as a proposal that is being prepared'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'a_run_begins_as_a_proposal';\n                        END IF;\n                        RETURN NEW;\n                    END IF;\n                    IF (NEW.reason_id, NEW.overdue, NEW.amount_from, NEW.amount_to, NEW.categories,\n                        NEW.areas, NEW.expected, NEW.excluded, NEW.left_out, NEW.names_of_reasons,\n                        NEW.alone_up_to, NEW.proposed_at, NEW.proposed_by_id)\n                       IS DISTINCT FROM\n                       (OLD.reason_id, OLD.overdue, OLD.amount_from, OLD.amount_to, OLD.categories,\n                        OLD.areas, OLD.expected, OLD.excluded, OLD.left_out, OLD.names_of_reasons,\n                        OLD.alone_up_to, OLD.proposed_at, OLD.proposed_by_id)\n                       OR (OLD.state <> 'PREPARING' AND (NEW.wanted, NEW.amount, NEW.to_approve)\n                           IS DISTINCT FROM (OLD.wanted, OLD.amount, OLD.to_approve))\n                       OR (OLD.started_by_id IS NOT NULL AND (NEW.started_by_id, NEW.started_at)\n                           IS DISTINCT FROM (OLD.started_by_id, OLD.started_at))\n                    THEN\n                        RAISE EXCEPTION 'what was proposed, and who started it, stays'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_proposal_stays';\n                    END IF;\n                    IF NEW.state <> OLD.state AND (OLD.state, NEW.state)\n                       NOT IN (VALUES ('PREPARING','PROPOSED'), ('PREPARING','WITHDRAWN'), ('PROPOSED','RUNNING'), ('PROPOSED','WITHDRAWN'), ('RUNNING','DONE'), ('RUNNING','STOPPED'), ('RUNNING','UNDOING'), ('STOPPED','RUNNING'), ('STOPPED','UNDOING'), ('DONE','UNDOING'), ('UNDOING','STOPPED'), ('UNDOING','UNDONE'))\n                    THEN\n                        RAISE EXCEPTION 'no arrow from % to %', OLD.state, NEW.state\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'runs_move_along_arrows';\n                    END IF;\n                    RETURN NEW;\n                    ",
                    hash="79224bbb8aa0a318aee7ff5474ea52bd80e18d8e",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_runs_move_along_arrows_1dd03",
                    table="disconnections_nonpaymentrun",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="runaccount",
            trigger=pgtrigger.compiler.Trigger(
                name="outcomes_move_along_arrows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF TG_OP = 'DELETE' THEN\n                        RAISE EXCEPTION 'the collection record stays'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'collection_records_stay';\n                    END IF;\n                    IF TG_OP = 'INSERT' THEN\n                        IF NEW.outcome NOT IN ('PROPOSED', 'LEFT_OUT') OR NOT EXISTS (\n                            SELECT 1 FROM disconnections_nonpaymentrun r\n                             WHERE r.id = NEW.run_id AND r.state = 'PREPARING')\n                        THEN\n                            RAISE EXCEPTION 'accounts are chosen while a run is being prepared'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'accounts_are_chosen_when_proposed';\n                        END IF;\n                        RETURN NEW;\n                    END IF;\n                    IF (NEW.run_id, NEW.consumer_id) IS DISTINCT FROM (OLD.run_id, OLD.consumer_id)\n                       OR (OLD.request_id IS NOT NULL\n                           AND NEW.request_id IS DISTINCT FROM OLD.request_id)\n                       OR (NEW.request_id IS DISTINCT FROM OLD.request_id\n                           AND (OLD.outcome <> 'PROPOSED' OR NEW.outcome <> 'CREATED'\n                                OR NOT EXISTS (SELECT 1 FROM cases_case c\n                                                WHERE c.id = NEW.request_id\n                                                  AND c.consumer_id = NEW.consumer_id)))\n                    THEN\n                        RAISE EXCEPTION 'a record is of one account and its one request'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'collection_records_stay';\n                    END IF;\n                    IF NEW.outcome <> OLD.outcome AND (OLD.outcome, NEW.outcome)\n                       NOT IN (VALUES ('PROPOSED','ARRANGED'), ('PROPOSED','CREATED'), ('PROPOSED','LEFT_OUT'), ('PROPOSED','PAID'), ('CREATED','ARRANGED'), ('CREATED','CLOSED'), ('CREATED','CUT'), ('CREATED','PAID'), ('CREATED','STOPPED'), ('ARRANGED','CLOSED'), ('ARRANGED','CREATED'), ('ARRANGED','CUT'), ('ARRANGED','PAID'), ('ARRANGED','STOPPED'), ('STOPPED','ARRANGED'), ('STOPPED','CLOSED'), ('STOPPED','CREATED'), ('STOPPED','CUT'), ('STOPPED','PAID'))\n                    THEN\n                        RAISE EXCEPTION 'no arrow from % to %', OLD.outcome, NEW.outcome\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'outcomes_move_along_arrows';\n                    END IF;\n                    RETURN NEW;\n                    ",
                    hash="b0bd7f3537fcb335ab7dba20e786fc906dff734f",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_outcomes_move_along_arrows_05d7f",
                    table="disconnections_runaccount",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="nonpaymentrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "PREPARING",
                            "PROPOSED",
                            "RUNNING",
                            "STOPPED",
                            "DONE",
                            "UNDOING",
                            "UNDONE",
                            "WITHDRAWN",
                        ],
                    )
                ),
                name="non_payment_run_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="nonpaymentrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("wanted__gt", 0), ("state__in", ["PREPARING", "WITHDRAWN"]), _connector="OR"
                ),
                name="a_run_has_accounts",
            ),
        ),
        migrations.AddConstraint(
            model_name="nonpaymentrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("started_at__isnull", False),
                        ("started_by__isnull", False),
                        ("state__in", ("RUNNING", "STOPPED", "DONE", "UNDOING", "UNDONE")),
                    ),
                    models.Q(
                        ("started_at__isnull", True),
                        ("started_by__isnull", True),
                        ("state__in", ("PREPARING", "PROPOSED", "WITHDRAWN")),
                    ),
                    _connector="OR",
                ),
                name="a_run_that_began_says_who_started_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="nonpaymentrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["RUNNING", "DONE"]), _negated=True),
                    ("undone_at__isnull", True),
                    _connector="OR",
                ),
                name="a_run_that_is_undone_makes_no_more",
            ),
        ),
    ]
