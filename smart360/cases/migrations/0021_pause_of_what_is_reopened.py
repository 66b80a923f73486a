"""The reason of the pause between the end of a case and its being taken up again."""

from django.db import migrations


def name_the_pause(apps, schema_editor):
    apps.get_model("cases", "HoldReason").objects.create(
        code="ENDED_MEANWHILE",
        label="Had ended and was reopened",
        waits_for="OTHER",
        pauses=True,
        is_active=False,
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0020_decided_complaints_say_how")]
    operations = [migrations.RunPython(name_the_pause, migrations.RunPython.noop)]
