"""The reasons that came with the product: which are for debt, which the consumer wishes."""

from django.db import migrations


def say(apps, schema_editor):
    Reason = apps.get_model("disconnections", "Reason")
    Reason.objects.filter(code="NP-001").update(is_for_debt=True)
    Reason.objects.filter(code__in=["CR-001", "RC-002"]).update(is_wished=True)


class Migration(migrations.Migration):
    dependencies = [("disconnections", "0008_reasons_for_debt_and_wished")]
    operations = [migrations.RunPython(say, migrations.RunPython.noop)]
