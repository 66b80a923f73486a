"""The rules of closing with which every utility begins, and the words of the closure notice.

The notice is statutory: it goes whatever the notify box says (COM3).
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BODY = """Dear {{ consumer_name }},

We are ending the following at {{ service_address }}, as your request {{ number }} says:
{{ services }}.

{{ what_follows }}

Questions? Call {{ utility_phone }} and have the number {{ number }} ready.

{{ utility_name }}
"""


def write(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("disconnections", "ClosurePolicy").objects.get_or_create(pk=1)
    apps.get_model("comms", "Template").objects.get_or_create(
        code="closure.notice",
        channel="EMAIL",
        defaults={
            "name": "Closure notice",
            "kind": "STATUTORY",
            "subject": "Notice of closure, {{ number }}",
            "body": BODY,
        },
    )


class Migration(migrations.Migration):
    dependencies = [
        ("disconnections", "0012_closures_and_executions"),
        ("comms", "0005_default_templates"),
    ]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
