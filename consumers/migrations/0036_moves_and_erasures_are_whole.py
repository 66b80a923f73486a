"""Collection ends for who moved out; a move has its service and a version its file."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

from smart360.kernel.migrations._together import ChangeTogether


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0035_kinds_of_protection'),
    ]

    operations = [
        ChangeTogether([
        pgtrigger.migrations.RemoveTrigger(
            model_name='consumer',
            name='an_account_ends_by_execution',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='consumer',
            name='an_erased_account_stays',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consumer',
            trigger=pgtrigger.compiler.Trigger(name='an_erased_account_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF OLD.erased_at IS NOT NULL THEN\n            RAISE EXCEPTION 'nobody is behind this account any more'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_erased';\n        END IF;\n        IF NEW.erased_at IS NULL THEN\n            RETURN NEW;\n        END IF;\n        IF NOT EXISTS (SELECT 1 FROM custody_privacyact a\n                        WHERE a.consumer_id = NEW.id AND a.state = 'ERASED'\n                          AND a.in_transaction = pg_current_xact_id()::text::bigint)\n           OR NEW.status <> 'INACTIVE'\n           OR (NEW.name, NEW.phone, NEW.phone_digits, NEW.email, NEW.billing_address,\n               NEW.search_text, NEW.is_vip) <> ('Erased consumer', '', '', '', '', '', false)\n           OR EXISTS (SELECT 1 FROM cases_case c\n                       WHERE c.consumer_id = NEW.id AND c.ended_at IS NULL)\n           OR EXISTS (SELECT 1 FROM consumers_serviceconnection s\n                       WHERE s.consumer_id = NEW.id AND s.supply_state = 'CONNECTED')\n           OR EXISTS (SELECT 1 FROM billing_ledgeraccount l\n                       WHERE l.consumer_id = NEW.id AND l.balance <> 0)\n        THEN\n            RAISE EXCEPTION 'an account is erased when all is settled, by two people'\n                USING ERRCODE = 'check_violation',\n                      CONSTRAINT = 'an_account_is_erased_by_two_people';\n        END IF;\n        RETURN NEW;\n        ", hash='a6b1a4f88ecf95f007eb32729b2c3b78fa35c246', operation='UPDATE', pgid='pgtrigger_an_erased_account_stays_21003', table='consumers_consumer', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consumer',
            trigger=pgtrigger.compiler.Trigger(name='an_account_ends_by_execution', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF NEW.status IN ('INACTIVE', 'DISCONNECTED') AND NEW.status <> OLD.status\n           AND NOT EXISTS (\n               SELECT 1 FROM disconnections_execution x\n                 JOIN cases_case c ON c.id = x.request_id\n                WHERE c.consumer_id = NEW.id\n                  AND x.in_transaction = pg_current_xact_id()::text::bigint)\n           -- Who moved out, now or while a collector had the account, is supplied\n           -- nowhere any more.\n           AND (NEW.status <> 'INACTIVE'\n                OR EXISTS (\n                   SELECT 1 FROM consumers_serviceconnection s\n                    WHERE s.consumer_id = NEW.id AND s.supply_state = 'CONNECTED')\n                OR NOT EXISTS (\n                   SELECT 1 FROM consumers_occupancychange o\n                    WHERE o.moved_out_id = NEW.id\n                      AND (o.in_transaction = pg_current_xact_id()::text::bigint\n                           OR OLD.status = 'COLLECTION' AND EXISTS (\n                              SELECT 1 FROM consumers_collectionmove m\n                               WHERE m.consumer_id = NEW.id AND m.is_back\n                                 AND m.in_transaction\n                                     = pg_current_xact_id()::text::bigint))))\n        THEN\n            RAISE EXCEPTION 'an account ends when its disconnection is carried out'\n                USING ERRCODE = 'check_violation',\n                      CONSTRAINT = 'an_account_ends_by_execution';\n        END IF;\n        RETURN NEW;\n        ", hash='97e9469e8a90970fa3ef69ad97fe454d35d28c2e', operation='UPDATE OF "status"', pgid='pgtrigger_an_account_ends_by_execution_d164a', table='consumers_consumer', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consumerdocument',
            trigger=pgtrigger.compiler.Trigger(name='a_version_has_a_file', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n                    IF NOT EXISTS (SELECT 1 FROM consumers_consumerdocumentversion v\n                                    WHERE (v.document_id, v.number) = (NEW.id, NEW.version)) THEN\n                        RAISE EXCEPTION 'a document without a file'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_version_has_a_file';\n                    END IF;\n                    RETURN NULL;\n                    ", hash='393de6d8ebf78b5805f358514ff4a82790cebb95', operation='INSERT OR UPDATE OF "version"', pgid='pgtrigger_a_version_has_a_file_49d60', table='consumers_consumerdocument', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='occupancychange',
            trigger=pgtrigger.compiler.Trigger(name='a_move_hands_something_over', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n                    -- Asked at the commit: its row alone would let an account end or come back.\n                    IF NOT EXISTS (SELECT 1 FROM consumers_handedoverservice h\n                                    WHERE h.change_id = NEW.id) THEN\n                        RAISE EXCEPTION 'nobody moves without a service that goes over'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_move_hands_something_over';\n                    END IF;\n                    RETURN NULL;\n                    ", hash='53a342c718f814246c8857e4cef3a20a6d037998', operation='INSERT', pgid='pgtrigger_a_move_hands_something_over_976f1', table='consumers_occupancychange', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        ]),
    ]
