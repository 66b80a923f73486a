"""Deliveries move along arrows and stay; a notice leads to a page of ours."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comms", "0002_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state__in", ["QUEUED", "FAILED"])),
                fields=["state", "state_at"],
                name="delivery_not_settled",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="delivery",
            trigger=pgtrigger.compiler.Trigger(
                name="deliveries_move_along_arrows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{QUEUED:SENT,QUEUED:FAILED,QUEUED:NOT_SENT,FAILED:QUEUED,FAILED:SENT}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="e18f1377ea10ad009013cd6bff40c9f535e38d40",
                    operation="UPDATE",
                    pgid="pgtrigger_deliveries_move_along_arrows_cce62",
                    table="comms_delivery",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="delivery",
            trigger=pgtrigger.compiler.Trigger(
                name="deliveries_are_never_removed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="d4590925d972e1dfd767167b2122c8e8f8263de6",
                    operation="DELETE",
                    pgid="pgtrigger_deliveries_are_never_removed_af07f",
                    table="comms_delivery",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("path__regex", "^/([^/]|$)")),
                name="a_notice_leads_to_a_page_of_ours",
            ),
        ),
    ]
