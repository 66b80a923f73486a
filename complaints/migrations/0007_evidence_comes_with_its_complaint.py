"""Evidence comes with its complaint; a draft stays its writer's."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

from smart360.kernel.migrations._together import ChangeTogether


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0003_what_people_complain_about'),
    ]

    operations = [
        ChangeTogether([
        pgtrigger.migrations.RemoveTrigger(
            model_name='complaintcategory',
            name='category_code_stays',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='evidence',
            name='evidence_is_within_limits',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complaintcategory',
            trigger=pgtrigger.compiler.Trigger(name='category_code_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."is_about_staff" IS DISTINCT FROM (NEW."is_about_staff"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='99e179c34a72cf3ab9c7f3e91cdcb612c7ccf5bb', operation='UPDATE', pgid='pgtrigger_category_code_stays_8747f', table='complaints_complaintcategory', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complaintdraft',
            trigger=pgtrigger.compiler.Trigger(name='a_draft_stays_its_writers', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."form_key" IS DISTINCT FROM (NEW."form_key") OR OLD."begun_at" IS DISTINCT FROM (NEW."begun_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='f4c3f103354544c20ef03b2ceb42c6deb56a27a0', operation='UPDATE', pgid='pgtrigger_a_draft_stays_its_writers_73306', table='complaints_complaintdraft', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='evidence',
            trigger=pgtrigger.compiler.Trigger(name='evidence_is_within_limits', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE files integer; bytes bigint; most_files integer; most_megabytes bigint;', func="\n    -- The files come with the complaint: nobody adds proof once somebody looks into it.\n    IF NOT EXISTS (SELECT 1 FROM cases_case c\n                    WHERE c.id = NEW.complaint_id AND c.status = 'PENDING') THEN\n        RAISE EXCEPTION 'evidence comes with its complaint' USING ERRCODE = 'check_violation',\n            CONSTRAINT = 'evidence_comes_with_its_complaint';\n    END IF;\n\n    -- The row above is held, so that parallel uploads are counted one after the other (F2).\n    PERFORM 1 FROM complaints_complaint WHERE case_id = NEW.complaint_id FOR UPDATE;\n    SELECT count(*), coalesce(sum(f.size), 0) INTO files, bytes\n      FROM complaints_evidence e JOIN documents_storedfile f ON f.id = e.file_id WHERE e.complaint_id = NEW.complaint_id;\n    SELECT f.size + bytes INTO bytes FROM documents_storedfile f WHERE f.id = NEW.file_id;\n    SELECT s.most_files, s.most_megabytes INTO most_files, most_megabytes\n      FROM complaints_complaintsettings s WHERE s.id = 1;\n    IF files >= most_files THEN\n        RAISE EXCEPTION 'too many files' USING ERRCODE = 'check_violation',\n            CONSTRAINT = 'complaint_takes_so_many_files';\n    END IF;\n    IF bytes > most_megabytes * 1024 * 1024 THEN\n        RAISE EXCEPTION 'too many bytes' USING ERRCODE = 'check_violation',\n            CONSTRAINT = 'complaint_takes_so_many_bytes';\n    END IF;\n    RETURN NEW;\n", hash='c562fc6f1ab3e081854633a727a0efe36477cee2', operation='INSERT', pgid='pgtrigger_evidence_is_within_limits_14102', table='complaints_evidence', when='BEFORE')),
        ),
        ]),
    ]
