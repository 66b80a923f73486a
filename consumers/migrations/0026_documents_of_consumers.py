"""Documents of consumers, their versions, the trays of uploads, the view log."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from smart360.kernel.migrations._together import ChangeTogether, CreateTogether


class Migration(migrations.Migration):
    dependencies = [
        ('consumers', '0025_shown_scores_hold'),
        ("documents", "0004_uploads_stay_as_they_came"),
        ("trail", "0017_kinds_of_notes_are_known"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether([
        migrations.CreateModel(
            name="ConsumerDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("AGREEMENT", "Agreement"),
                            ("AUTHORISATION", "Authorisation"),
                            ("REPORT", "Report"),
                            ("RECEIPT", "Receipt"),
                            ("BILL", "Bill"),
                            ("IDENTITY", "Proof of identity"),
                            ("CERTIFICATE", "Certificate"),
                            ("OTHER", "Other"),
                        ],
                        max_length=15,
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, help_text="The newest one's number."),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PROCESSING", "Processing"),
                            ("VERIFIED", "Verified"),
                            ("PUBLISHED", "Published"),
                            ("REJECTED", "Rejected"),
                        ],
                        default="PROCESSING",
                        max_length=10,
                    ),
                ),
                ("uploaded_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "consumer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="consumers.consumer",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reason",
                    models.OneToOneField(
                        blank=True,
                        help_text="Why it was rejected.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trail.personaltext",
                    ),
                ),
                (
                    "title",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trail.personaltext",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ConsumerDocumentVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.PositiveIntegerField(help_text="Of the version; the first is 1."),
                ),
                ("position", models.PositiveSmallIntegerField(help_text="Of the file in it.")),
                ("uploaded_at", models.DateTimeField()),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="consumers.consumerdocument",
                    ),
                ),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.storedfile",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DocumentUpload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("added_at", models.DateTimeField()),
                (
                    "consumer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="consumers.consumer",
                    ),
                ),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.pendingfile",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ViewLogEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="looks",
                        to="consumers.consumerdocument",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="consumers.consumerdocumentversion",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "view log entries",
            },
        ),
        ]),
        ChangeTogether([
        migrations.AddIndex(
            model_name="consumerdocument",
            index=models.Index(fields=["consumer", "-id"], name="document_by_consumer"),
        ),
        migrations.AddConstraint(
            model_name="consumerdocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "AGREEMENT",
                            "AUTHORISATION",
                            "REPORT",
                            "RECEIPT",
                            "BILL",
                            "IDENTITY",
                            "CERTIFICATE",
                            "OTHER",
                        ],
                    )
                ),
                name="document_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="consumerdocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", True),
                        ("decided_by__isnull", True),
                        ("reason__isnull", True),
                        ("state", "PROCESSING"),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("reason__isnull", True),
                        ("state__in", ("VERIFIED", "PUBLISHED")),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("reason__isnull", False),
                        ("state", "REJECTED"),
                    ),
                    _connector="OR",
                ),
                name="a_decided_document_says_by_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="consumerdocument",
            constraint=models.CheckConstraint(
                condition=models.Q(("decided_by", models.F("uploaded_by")), _negated=True),
                name="a_document_is_verified_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="consumerdocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                    models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                    _connector="OR",
                ),
                name="a_withdrawn_document_says_by_whom",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consumerdocument",
            trigger=pgtrigger.compiler.Trigger(
                name="documents_move_along_arrows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF TG_OP = 'INSERT' THEN\n        IF (NEW.version, NEW.state) = (1, 'PROCESSING')\n           AND NEW.decided_by_id IS NULL AND NEW.withdrawn_at IS NULL THEN\n            RETURN NEW;\n        END IF;\n    ELSIF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL\n       AND (NEW.id, NEW.consumer_id, NEW.kind, NEW.title_id)\n         = (OLD.id, OLD.consumer_id, OLD.kind, OLD.title_id) THEN\n        IF NEW.version = OLD.version + 1 THEN  -- begins anew\n            IF NEW.state = 'PROCESSING' AND NEW.withdrawn_at IS NULL THEN\n                RETURN NEW;\n            END IF;\n        ELSIF (NEW.version, NEW.uploaded_at, NEW.uploaded_by_id)\n            = (OLD.version, OLD.uploaded_at, OLD.uploaded_by_id) THEN\n            IF (OLD.state, NEW.state) IN (\n                ('PROCESSING', 'VERIFIED'), ('PROCESSING', 'REJECTED'),\n                ('VERIFIED', 'PUBLISHED'), ('VERIFIED', 'REJECTED'))\n               AND NEW.withdrawn_at IS NULL THEN\n                RETURN NEW;\n            END IF;\n            IF NEW.withdrawn_at IS NOT NULL\n               AND to_jsonb(NEW) - ARRAY['withdrawn_at', 'withdrawn_by_id']\n                 = to_jsonb(OLD) - ARRAY['withdrawn_at', 'withdrawn_by_id'] THEN\n                RETURN NEW;\n            END IF;\n        END IF;\n    END IF;\n    RAISE EXCEPTION 'a document moves along its arrows, and is withdrawn for good'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'documents_move_along_arrows';\n",
                    hash="3ee0b953da8de8caaf341dbcdc9581b9abe57b08",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_documents_move_along_arrows_063ba",
                    table="consumers_consumerdocument",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="consumerdocumentversion",
            constraint=models.UniqueConstraint(
                fields=("document", "number", "position"), name="a_place_of_a_version_has_one_file"
            ),
        ),
        migrations.AddConstraint(
            model_name="consumerdocumentversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1), ("position__gte", 1)),
                name="files_of_versions_begin_at_1",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consumerdocumentversion",
            trigger=pgtrigger.compiler.Trigger(
                name="a_version_is_within_limits",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE files integer; bytes bigint;",
                    func="\n    -- The row above is held, so that the files of a version are counted one after the other (F2).\n    PERFORM 1 FROM consumers_consumerdocument\n      WHERE id = NEW.document_id AND version = NEW.number AND state = 'PROCESSING'\n        AND (uploaded_at, uploaded_by_id) = (NEW.uploaded_at, NEW.uploaded_by_id)\n        FOR NO KEY UPDATE;\n    IF NOT FOUND THEN\n        RAISE EXCEPTION 'files come with their version' USING ERRCODE = 'check_violation',\n            CONSTRAINT = 'files_come_with_their_version';\n    END IF;\n\n    SELECT count(*), coalesce(sum(f.size), 0) INTO files, bytes\n      FROM consumers_consumerdocumentversion e JOIN documents_storedfile f ON f.id = e.file_id WHERE (e.document_id, e.number) = (NEW.document_id, NEW.number);\n    SELECT f.size + bytes INTO bytes FROM documents_storedfile f WHERE f.id = NEW.file_id;\n    IF files >= 5 THEN\n        RAISE EXCEPTION 'too many files' USING ERRCODE = 'check_violation',\n            CONSTRAINT = 'version_takes_so_many_files';\n    END IF;\n    IF bytes > 52428800 THEN\n        RAISE EXCEPTION 'too many bytes' USING ERRCODE = 'check_violation',\n            CONSTRAINT = 'version_takes_so_many_bytes';\n    END IF;\n    RETURN NEW;\n",
                    hash="50d71d02dac26724ce5d4bf38ed42627de539180",
                    operation="INSERT",
                    pgid="pgtrigger_a_version_is_within_limits_5ee82",
                    table="consumers_consumerdocumentversion",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="documentupload",
            index=models.Index(fields=["consumer", "person"], name="upload_in_its_tray"),
        ),
        migrations.AddIndex(
            model_name="documentupload",
            index=models.Index(fields=["added_at"], name="upload_by_age"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="documentupload",
            trigger=pgtrigger.compiler.Trigger(
                name="an_upload_stays_in_its_tray",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="9478f8b112609a2df05d78601af291503923dc3d",
                    operation="UPDATE",
                    pgid="pgtrigger_an_upload_stays_in_its_tray_9a172",
                    table="consumers_documentupload",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="documentupload",
            trigger=pgtrigger.compiler.Trigger(
                name="a_tray_is_within_limits",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE files integer; bytes bigint;",
                    func="\n                    PERFORM 1 FROM consumers_consumer WHERE id = NEW.consumer_id FOR NO KEY UPDATE;\n                    \n    SELECT count(*), coalesce(sum(f.size), 0) INTO files, bytes\n      FROM consumers_documentupload e JOIN documents_pendingfile f ON f.id = e.file_id WHERE (e.consumer_id, e.person_id) = (NEW.consumer_id, NEW.person_id);\n    SELECT f.size + bytes INTO bytes FROM documents_pendingfile f WHERE f.id = NEW.file_id;\n    IF files >= 5 THEN\n        RAISE EXCEPTION 'too many files' USING ERRCODE = 'check_violation',\n            CONSTRAINT = 'tray_takes_so_many_files';\n    END IF;\n    IF bytes > 52428800 THEN\n        RAISE EXCEPTION 'too many bytes' USING ERRCODE = 'check_violation',\n            CONSTRAINT = 'tray_takes_so_many_bytes';\n    END IF;\n    RETURN NEW;\n",
                    hash="03b2de2cd54c9332fa049b89bc395853df5a2e67",
                    operation="INSERT",
                    pgid="pgtrigger_a_tray_is_within_limits_348ab",
                    table="consumers_documentupload",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="viewlogentry",
            index=models.Index(fields=["document", "-id"], name="look_by_document"),
        ),
        ]),
    ]
