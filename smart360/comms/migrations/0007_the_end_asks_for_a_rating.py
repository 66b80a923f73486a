"""Who is told how a complaint ended is led to where they can say what they think of it (BEY6).

A wording that somebody has changed stays as it is.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BEFORE = "\nQuestions? Call {{ utility_phone }}"
ASKED = "\nHow did we handle it? One question is waiting for you: {{ tracking_url }}\n"
ENDS = {
    "complaint.resolved": "What we did: {{ resolution }}\n",
    "complaint.rejected": "The reason: {{ resolution }}\n",
}


def ask(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    template = apps.get_model("comms", "Template")
    for code, last in ENDS.items():
        for each in template.objects.filter(code=code, channel="EMAIL"):
            if f"{last}{BEFORE}" in each.body and "tracking_url" not in each.body:
                each.body = each.body.replace(f"{last}{BEFORE}", f"{last}{ASKED}{BEFORE}")
                each.save(update_fields=["body"])


class Migration(migrations.Migration):
    dependencies = [("comms", "0003_wordings")]

    operations = [migrations.RunPython(ask, migrations.RunPython.noop)]
