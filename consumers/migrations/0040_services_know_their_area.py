"""A service connection keeps the area of its premise, which the list of accounts asks for."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from smart360.kernel.migrations._together import ChangeTogether


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0039_merges_are_parted_whole'),
    ]

    operations = [
        ChangeTogether(
            parts=[
                migrations.AddField(
                    model_name='serviceconnection',
                    name='area',
                    field=models.CharField(blank=True, editable=False, help_text="The premise's, which it follows.", max_length=60),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='premise',
                    trigger=pgtrigger.compiler.Trigger(name='connections_follow_the_area', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.area IS DISTINCT FROM NEW.area)', func='\n        UPDATE consumers_serviceconnection SET area = NEW.area WHERE premise_id = NEW.id;\n        RETURN NULL;\n        ', hash='efbef348e83bb9ba8c04eb0794f9c44e6bc06d62', operation='UPDATE OF "area"', pgid='pgtrigger_connections_follow_the_area_8e6a8', table='consumers_premise', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='serviceconnection',
                    trigger=pgtrigger.compiler.Trigger(name='the_area_is_the_premise_s', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        -- Whatever was given. Who corrects the premise at this moment is waited for.\n        SELECT p.area INTO NEW.area FROM consumers_premise p\n         WHERE p.id = NEW.premise_id FOR SHARE;\n        NEW.area := coalesce(NEW.area, '');  -- no such premise: its foreign key says so\n        RETURN NEW;\n        ", hash='f68fa779e712d8de5cce569d027d9c7fdc2d268c', operation='INSERT OR UPDATE OF "area"', pgid='pgtrigger_the_area_is_the_premise_s_cd4f9', table='consumers_serviceconnection', when='BEFORE')),
                ),
            ],
        ),
    ]
