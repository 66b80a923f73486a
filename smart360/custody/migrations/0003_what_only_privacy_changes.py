"""Two doors to what nobody changes: the end of files, and the words of a person who is erased.

Both work for the owner, and only in the transaction of a row of ``PrivacyAct`` that says so: its own
trigger writes ``in_transaction``. Digests stay, so that chains and papers still verify.
"""

from django.db import migrations

# An export's own two files when it ends; any file of the person when the person is erased, but for
# the papers of bills, which are kept for the legal period.
LET_GO = """
CREATE FUNCTION smart360_let_go_of_files(files uuid[], moment timestamptz) RETURNS SETOF text
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
# Words that stand in the record of somebody else, too, such as why a run was undone, stay.
BLANK = """
CREATE FUNCTION smart360_blank_texts(texts bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    erased bigint;
    blanked bigint;
BEGIN
    SELECT a.consumer_id INTO erased FROM custody_privacyact a
     WHERE a.state = 'ERASED' AND a.in_transaction = pg_current_xact_id()::text::bigint;
    IF erased IS NULL THEN
        RAISE EXCEPTION 'words are blanked by an erasure'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'words_are_blanked_by_an_erasure';
    END IF;
    UPDATE trail_personaltext t SET text = ''
     WHERE t.id = ANY (texts) AND t.text <> ''
       AND NOT EXISTS (SELECT 1 FROM trail_entry e LEFT JOIN cases_case c ON c.id = e.case_id
                        WHERE e.text_id = t.id
                          AND coalesce(e.consumer_id, c.consumer_id) IS DISTINCT FROM erased)
       AND NOT EXISTS (SELECT 1 FROM comms_message m LEFT JOIN cases_case c ON c.id = m.case_id
                        WHERE m.to_id = t.id
                          AND coalesce(m.consumer_id, c.consumer_id) IS DISTINCT FROM erased)
       AND NOT EXISTS (SELECT 1 FROM comms_message m LEFT JOIN cases_case c ON c.id = m.case_id
                        WHERE m.subject_id = t.id
                          AND coalesce(m.consumer_id, c.consumer_id) IS DISTINCT FROM erased)
       AND NOT EXISTS (SELECT 1 FROM comms_message m LEFT JOIN cases_case c ON c.id = m.case_id
                        WHERE m.body_id = t.id
                          AND coalesce(m.consumer_id, c.consumer_id) IS DISTINCT FROM erased);
    GET DIAGNOSTICS blanked = ROW_COUNT;
    RETURN blanked;
END $$
"""
FUNCTIONS = ("smart360_let_go_of_files(uuid[], timestamptz)", "smart360_blank_texts(bigint[])")


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0001_tables"),
        ("cases", "0001_tables"),
        ("comms", "0001_tables"),
        ("custody", "0002_exports_and_erasures"),
        ("documents", "0006_types_of_files_are_ours"),
    ]
    operations = [
        migrations.RunSQL(LET_GO, f"DROP FUNCTION {FUNCTIONS[0]}"),
        migrations.RunSQL(BLANK, f"DROP FUNCTION {FUNCTIONS[1]}"),
    ]
