"""An erasure lets go of the files of its own person: not of anybody else's, nor of a shared one."""

from django.db import migrations

# Who has a file: every table that points to one but for bills, whose papers are kept
# (`FILES` and `KEPT_FILES` in custody/queries/erasing.py).
OWNERS = """
    SELECT r.receipt_id AS file, c.consumer_id AS consumer
      FROM disconnections_disconnectionrequest r JOIN cases_case c ON c.id = r.case_id
     WHERE r.receipt_id = ANY (files)
     UNION ALL
    SELECT m.receipt_id, c.consumer_id
      FROM complaints_complaint m JOIN cases_case c ON c.id = m.case_id
     WHERE m.receipt_id = ANY (files)
     UNION ALL
    SELECT e.file_id, c.consumer_id
      FROM complaints_evidence e JOIN cases_case c ON c.id = e.complaint_id
     WHERE e.file_id = ANY (files)
     UNION ALL
    SELECT s.report_id, s.consumer_id FROM fieldwork_serviceorder s WHERE s.report_id = ANY (files)
     UNION ALL
    SELECT s.pdf_id, s.consumer_id FROM billing_statementpaper s WHERE s.pdf_id = ANY (files)
     UNION ALL
    SELECT p.receipt_id, p.consumer_id FROM billing_payment p WHERE p.receipt_id = ANY (files)
     UNION ALL
    SELECT v.file_id, d.consumer_id
      FROM consumers_consumerdocumentversion v
      JOIN consumers_consumerdocument d ON d.id = v.document_id
     WHERE v.file_id = ANY (files)
     UNION ALL
    SELECT x.data_id, x.consumer_id FROM custody_privacyact x WHERE x.data_id = ANY (files)
     UNION ALL
    SELECT x.paper_id, x.consumer_id FROM custody_privacyact x WHERE x.paper_id = ANY (files)
"""
ITS_OWN = f"""
CREATE OR REPLACE FUNCTION smart360_let_go_of_files(files uuid[], moment timestamptz)
RETURNS SETOF text
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH owners AS ({OWNERS})
    UPDATE documents_storedfile f SET title = '', gone_at = moment
     WHERE f.id = ANY (files) AND f.gone_at IS NULL
       AND EXISTS (SELECT 1 FROM custody_privacyact a
                    WHERE a.in_transaction = pg_current_xact_id()::text::bigint
                      AND ((a.state = 'ERASED'
                            AND EXISTS (SELECT 1 FROM owners o
                                         WHERE o.file = f.id AND o.consumer = a.consumer_id)
                            AND NOT EXISTS (
                                SELECT 1 FROM owners o
                                 WHERE o.file = f.id
                                   AND o.consumer IS DISTINCT FROM a.consumer_id))
                           OR (a.state = 'GONE' AND f.id IN (a.data_id, a.paper_id))))
       AND NOT EXISTS (SELECT 1 FROM billing_invoice i WHERE i.pdf_id = f.id)
    RETURNING f.stored_as;
$$
"""  # noqa: S608  (put together from our own words)
WHOEVERS = """
CREATE OR REPLACE FUNCTION smart360_let_go_of_files(files uuid[], moment timestamptz)
RETURNS SETOF text
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE documents_storedfile f SET title = '', gone_at = moment
     WHERE f.id = ANY (files) AND f.gone_at IS NULL
       AND EXISTS (SELECT 1 FROM custody_privacyact a
                    WHERE a.in_transaction = pg_current_xact_id()::text::bigint
                      AND (a.state = 'ERASED'
                           OR (a.state = 'GONE' AND f.id IN (a.data_id, a.paper_id))))
       AND NOT EXISTS (SELECT 1 FROM billing_invoice i WHERE i.pdf_id = f.id)
    RETURNING f.stored_as;
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0006_nothing_begins_for_the_erased"),
        ("cases", "0040_nothing_begins_for_the_erased"),
        ("complaints", "0013_nothing_begins_for_the_erased"),
        ("consumers", "0043_nothing_begins_for_the_erased"),
        ("custody", "0007_nothing_begins_for_the_erased"),
        ("disconnections", "0003_what_an_erasure_may_change"),
        ("documents", "0006_types_of_files_are_ours"),
        ("fieldwork", "0004_nothing_begins_for_the_erased"),
    ]
    operations = [migrations.RunSQL(ITS_OWN, WHOEVERS)]
