"""What is done with files of accounts: stage one, try it, take it over, let go of it (CON15)."""

from smart360.custody.operations.files import drop_file, drop_old_files, stage_file
from smart360.custody.operations.importing import (
    ADD_IT,
    CHUNK,
    ImportResult,
    OnlyTried,
    import_accounts,
    try_import,
)
from smart360.custody.operations.runs import (
    UnableToImport,
    begin_import,
    end_import,
    import_piece,
    owe_the_rest,
    pieces_of,
    resume_import,
    stop_import,
    try_piece,
    try_upload,
)

__all__ = [
    "ADD_IT",
    "CHUNK",
    "ImportResult",
    "OnlyTried",
    "UnableToImport",
    "begin_import",
    "drop_file",
    "drop_old_files",
    "end_import",
    "import_accounts",
    "import_piece",
    "owe_the_rest",
    "pieces_of",
    "resume_import",
    "stage_file",
    "stop_import",
    "try_import",
    "try_piece",
    "try_upload",
]
