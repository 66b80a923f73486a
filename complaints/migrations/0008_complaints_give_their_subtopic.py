"""Each new complaint gives its case the sub-category of its name."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0032_cases_know_their_subtopic'),
        ('complaints', '0007_evidence_comes_with_its_complaint'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='complaint',
            name='category_and_priority_follow_the_name',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complaint',
            trigger=pgtrigger.compiler.Trigger(name='category_and_priority_follow_the_name', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE wanted complaints_complaintcategory; begun cases_case; part bigint;', func="\n                    SELECT n.subcategory_id INTO part\n                      FROM complaints_complaintname n WHERE n.id = NEW.name_id;\n                    SELECT g.* INTO wanted FROM complaints_complaintcategory g\n                      JOIN complaints_complaintsubcategory s ON s.category_id = g.id\n                     WHERE s.id = part;\n                    SELECT c.* INTO begun FROM cases_case c WHERE c.id = NEW.case_id;\n                    NEW.category_id := wanted.id;\n                    IF begun.kind IS DISTINCT FROM 'COMPLAINT'\n                       OR begun.status IS DISTINCT FROM 'PENDING' THEN\n                        RAISE EXCEPTION 'a complaint is about a new case of its kind'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_complaint_is_a_new_case_of_its_kind';\n                    END IF;\n                    IF begun.topic IS DISTINCT FROM wanted.code THEN\n                        RAISE EXCEPTION 'the topic is the category''s'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'topic_follows_the_category';\n                    END IF;\n                    IF begun.priority IS DISTINCT FROM wanted.priority THEN\n                        RAISE EXCEPTION 'the priority is the category''s'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'priority_follows_the_category';\n                    END IF;\n                    IF NEW.incident_on > (begun.created_at AT TIME ZONE (SELECT u.time_zone\n                          FROM organisation_utility u WHERE u.id = 1))::date THEN\n                        RAISE EXCEPTION 'an incident lies in the past'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'an_incident_lies_in_the_past';\n                    END IF;\n                    UPDATE cases_case SET subtopic = part WHERE id = NEW.case_id;\n                    RETURN NEW;\n                    ", hash='7e56a23f224c0629ab7184b5352aa40f05473d0f', operation='INSERT', pgid='pgtrigger_category_and_priority_follow_the_name_fd0aa', table='complaints_complaint', when='BEFORE')),
        ),
    ]
