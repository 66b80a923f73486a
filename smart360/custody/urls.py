"""Addresses of custody: imports, moves, merges, exports of a person's data."""

from django.urls import path

from smart360.custody.views import imports, merging, moving, privacy

ACCOUNT = "consumer-management/<account:account>"  # consumers say what an account number is
PRIVACY = f"{ACCOUNT}/privacy"

urlpatterns = [
    path(f"{ACCOUNT}/move", moving.consumer_move, name="consumer_move"),
    path(f"{ACCOUNT}/move/out", moving.move_out, name="move_out"),
    path(f"{ACCOUNT}/move/in", moving.move_in, name="move_in"),
    path(f"{ACCOUNT}/move/new", moving.move_in_new, name="move_in_new"),
    path(f"{ACCOUNT}/merge", merging.consumer_merge, name="consumer_merge"),
    path(f"{ACCOUNT}/merge/undo", merging.merge_undo, name="merge_undo"),
    path("imports", imports.import_list, name="import_list"),
    path("imports/try", imports.import_try, name="import_try"),
    path("imports/sample.csv", imports.import_sample, name="import_sample"),
    path("imports/<int:run>/start", imports.import_start, name="import_start"),
    path("imports/<int:run>/resume", imports.import_resume, name="import_resume"),
    path("imports/<int:run>/problems.csv", imports.import_problems, name="import_problems"),
    path(PRIVACY, privacy.consumer_privacy, name="consumer_privacy"),
    path(f"{PRIVACY}/export", privacy.export_ask, name="export_ask"),
    path(f"{PRIVACY}/erasure", privacy.erasure_ask, name="erasure_ask"),
    path(f"{PRIVACY}/<int:act>/erase", privacy.person_erase, name="person_erase"),
    path(f"{PRIVACY}/<int:act>/approve", privacy.export_approve, name="export_approve"),
    path(f"{PRIVACY}/<int:act>/decline", privacy.privacy_decline, name="privacy_decline"),
    path(f"{PRIVACY}/<int:act>/retry", privacy.export_retry, name="export_retry"),
    path(f"{PRIVACY}/<int:act>/data", privacy.export_data, name="export_data"),
    path(f"{PRIVACY}/<int:act>/paper", privacy.export_paper, name="export_paper"),
]
