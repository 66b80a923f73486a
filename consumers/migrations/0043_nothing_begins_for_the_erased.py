"""No note, document, hold or service of an account that was merged or whose person was erased."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0042_services_are_found_by_area'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='accounthold',
            name='nothing_begins_for_a_merged_account',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='consumerdocument',
            name='nothing_begins_for_a_merged_account',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='consumerdocumentversion',
            name='a_version_is_within_limits',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='consumernote',
            name='nothing_begins_for_a_merged_account',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='holdproposal',
            name='nothing_begins_for_a_merged_account',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='serviceconnection',
            name='nothing_begins_for_a_merged_account',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='accounthold',
            trigger=pgtrigger.compiler.Trigger(name='nothing_begins_for_an_account_that_ended', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE account record;', func="\n            SELECT c.erased_at, c.merged_into_id INTO account\n              FROM consumers_consumer c WHERE c.id = NEW.consumer_id;\n            IF account.erased_at IS NOT NULL THEN\n                RAISE EXCEPTION 'nobody is behind this account any more'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_erased';\n            END IF;\n            IF account.merged_into_id IS NOT NULL THEN\n                RAISE EXCEPTION 'this account was merged into another one'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n            END IF;\n            RETURN NEW;\n            ", hash='400779f608cb689a97495503d8b6f6dc437dbd93', operation='INSERT', pgid='pgtrigger_nothing_begins_for_an_account_that_ended_8e46c', table='consumers_accounthold', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consumerdocument',
            trigger=pgtrigger.compiler.Trigger(name='nothing_begins_for_an_account_that_ended', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE account record;', func="\n            SELECT c.erased_at, c.merged_into_id INTO account\n              FROM consumers_consumer c WHERE c.id = NEW.consumer_id;\n            IF account.erased_at IS NOT NULL THEN\n                RAISE EXCEPTION 'nobody is behind this account any more'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_erased';\n            END IF;\n            IF account.merged_into_id IS NOT NULL THEN\n                RAISE EXCEPTION 'this account was merged into another one'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n            END IF;\n            RETURN NEW;\n            ", hash='3cdd84ee4c8dbcffd505564234959c72aa47f86a', operation='INSERT OR UPDATE OF "version", "reason_id"', pgid='pgtrigger_nothing_begins_for_an_account_that_ended_871bb', table='consumers_consumerdocument', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consumerdocumentversion',
            trigger=pgtrigger.compiler.Trigger(name='a_version_is_within_limits', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE files integer; bytes bigint;', func="\n                    IF EXISTS (SELECT 1 FROM consumers_consumer e\n                                WHERE e.id = (SELECT d.consumer_id FROM consumers_consumerdocument d WHERE d.id = NEW.document_id) AND e.erased_at IS NOT NULL) THEN\n                        RAISE EXCEPTION 'nobody is behind this account any more'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_erased';\n                    END IF;\n    \n    -- The row above is held, so that the files of a version are counted one after the other (F2).\n    PERFORM 1 FROM consumers_consumerdocument\n      WHERE id = NEW.document_id AND version = NEW.number AND state = 'PROCESSING'\n        AND (uploaded_at, uploaded_by_id) = (NEW.uploaded_at, NEW.uploaded_by_id)\n        FOR NO KEY UPDATE;\n    IF NOT FOUND THEN\n        RAISE EXCEPTION 'files come with their version' USING ERRCODE = 'check_violation',\n            CONSTRAINT = 'files_come_with_their_version';\n    END IF;\n\n    SELECT count(*), coalesce(sum(f.size), 0) INTO files, bytes\n      FROM consumers_consumerdocumentversion e JOIN documents_storedfile f ON f.id = e.file_id WHERE (e.document_id, e.number) = (NEW.document_id, NEW.number);\n    SELECT f.size + bytes INTO bytes FROM documents_storedfile f WHERE f.id = NEW.file_id;\n    IF files >= 5 THEN\n        RAISE EXCEPTION 'too many files' USING ERRCODE = 'check_violation',\n            CONSTRAINT = 'version_takes_so_many_files';\n    END IF;\n    IF bytes > 52428800 THEN\n        RAISE EXCEPTION 'too many bytes' USING ERRCODE = 'check_violation',\n            CONSTRAINT = 'version_takes_so_many_bytes';\n    END IF;\n    RETURN NEW;\n", hash='efb5ebac195558ca330a9baffeb8a5ccc5d0fbff', operation='INSERT', pgid='pgtrigger_a_version_is_within_limits_5ee82', table='consumers_consumerdocumentversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consumernote',
            trigger=pgtrigger.compiler.Trigger(name='nothing_begins_for_an_account_that_ended', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE account record;', func="\n            SELECT c.erased_at, c.merged_into_id INTO account\n              FROM consumers_consumer c WHERE c.id = NEW.consumer_id;\n            IF account.erased_at IS NOT NULL THEN\n                RAISE EXCEPTION 'nobody is behind this account any more'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_erased';\n            END IF;\n            IF account.merged_into_id IS NOT NULL THEN\n                RAISE EXCEPTION 'this account was merged into another one'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n            END IF;\n            RETURN NEW;\n            ", hash='57b179c4800da8809e769ba38dba51fd59cd85be', operation='INSERT', pgid='pgtrigger_nothing_begins_for_an_account_that_ended_3cb34', table='consumers_consumernote', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='documentupload',
            trigger=pgtrigger.compiler.Trigger(name='nothing_begins_for_an_account_that_ended', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE account record;', func="\n            SELECT c.erased_at, c.merged_into_id INTO account\n              FROM consumers_consumer c WHERE c.id = NEW.consumer_id;\n            IF account.erased_at IS NOT NULL THEN\n                RAISE EXCEPTION 'nobody is behind this account any more'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_erased';\n            END IF;\n            IF account.merged_into_id IS NOT NULL THEN\n                RAISE EXCEPTION 'this account was merged into another one'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n            END IF;\n            RETURN NEW;\n            ", hash='d257a264bb9fbeb379f902cad10bded519806098', operation='INSERT', pgid='pgtrigger_nothing_begins_for_an_account_that_ended_8dc3c', table='consumers_documentupload', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='holdproposal',
            trigger=pgtrigger.compiler.Trigger(name='nothing_begins_for_an_account_that_ended', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE account record;', func="\n            SELECT c.erased_at, c.merged_into_id INTO account\n              FROM consumers_consumer c WHERE c.id = NEW.consumer_id;\n            IF account.erased_at IS NOT NULL THEN\n                RAISE EXCEPTION 'nobody is behind this account any more'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_erased';\n            END IF;\n            IF account.merged_into_id IS NOT NULL THEN\n                RAISE EXCEPTION 'this account was merged into another one'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n            END IF;\n            RETURN NEW;\n            ", hash='bef81555a5b0cb0a657872e0420e48935553f02b', operation='INSERT', pgid='pgtrigger_nothing_begins_for_an_account_that_ended_820f6', table='consumers_holdproposal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='serviceconnection',
            trigger=pgtrigger.compiler.Trigger(name='nothing_begins_for_an_account_that_ended', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE account record;', func="\n            SELECT c.erased_at, c.merged_into_id INTO account\n              FROM consumers_consumer c WHERE c.id = NEW.consumer_id;\n            IF account.erased_at IS NOT NULL THEN\n                RAISE EXCEPTION 'nobody is behind this account any more'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_erased';\n            END IF;\n            IF account.merged_into_id IS NOT NULL THEN\n                RAISE EXCEPTION 'this account was merged into another one'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n            END IF;\n            RETURN NEW;\n            ", hash='712fcd1be32da6b657149696d4e65e3831c9d4da', operation='INSERT', pgid='pgtrigger_nothing_begins_for_an_account_that_ended_e0196', table='consumers_serviceconnection', when='BEFORE')),
        ),
    ]
