"""Find strangers by name and phone, and let a complaint's case say its category."""

import django.contrib.postgres.indexes
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0025_each_list_has_its_indexes'),
        ('complaints', '0003_drafts_and_their_files'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='complaint',
            name='category_and_priority_follow_the_name',
        ),
        migrations.AddField(
            model_name='complainant',
            name='phone_digits',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=20),
        ),
        migrations.AddField(
            model_name='complainant',
            name='search_text',
            field=models.TextField(blank=True, db_default='', default='', editable=False, help_text='Name, address and account, upper case and without accents.'),
        ),
        migrations.AddIndex(
            model_name='complainant',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('search_text'), name='gin_trgm_ops'), name='complainant_by_text'),
        ),
        migrations.AddIndex(
            model_name='complainant',
            index=models.Index(django.contrib.postgres.indexes.OpClass(models.F('phone_digits'), name='text_pattern_ops'), name='complainant_by_phone'),
        ),
        migrations.AddIndex(
            model_name='complainant',
            index=models.Index(django.contrib.postgres.indexes.OpClass(models.Func(models.F('phone_digits'), function='reverse'), 'text_pattern_ops'), name='complainant_by_phone_end'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complaint',
            trigger=pgtrigger.compiler.Trigger(name='category_and_priority_follow_the_name', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE wanted complaints_complaintcategory; begun cases_case;', func="\n                    SELECT g.* INTO wanted FROM complaints_complaintcategory g\n                      JOIN complaints_complaintsubcategory s ON s.category_id = g.id\n                      JOIN complaints_complaintname n ON n.subcategory_id = s.id\n                     WHERE n.id = NEW.name_id;\n                    SELECT c.* INTO begun FROM cases_case c WHERE c.id = NEW.case_id;\n                    NEW.category_id := wanted.id;\n                    IF begun.kind IS DISTINCT FROM 'COMPLAINT'\n                       OR begun.status IS DISTINCT FROM 'PENDING' THEN\n                        RAISE EXCEPTION 'a complaint is about a new case of its kind'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_complaint_is_a_new_case_of_its_kind';\n                    END IF;\n                    IF begun.topic IS DISTINCT FROM wanted.code THEN\n                        RAISE EXCEPTION 'the topic is the category''s'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'topic_follows_the_category';\n                    END IF;\n                    IF begun.priority IS DISTINCT FROM wanted.priority THEN\n                        RAISE EXCEPTION 'the priority is the category''s'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'priority_follows_the_category';\n                    END IF;\n                    IF NEW.incident_on > (begun.created_at AT TIME ZONE (SELECT u.time_zone\n                          FROM organisation_utility u WHERE u.id = 1))::date THEN\n                        RAISE EXCEPTION 'an incident lies in the past'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'an_incident_lies_in_the_past';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='a9149d4e19a11b1bc6031927c4d165dae28952df', operation='INSERT', pgid='pgtrigger_category_and_priority_follow_the_name_fd0aa', table='complaints_complaint', when='BEFORE')),
        ),
    ]
