"""Addresses of consumers. An account number is upper case, the words after it are lower case."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from consumers.views import (
    connections,
    exports,
    holds,
    lists,
    notes,
    premises,
    profiles,
    reading_files,
    readings,
    register,
    registering,
    standing,
    timeline,
)


class AccountNumber(StringConverter):
    """An account number as the database takes it, which may hold a slash."""

    regex = r"[A-Z0-9][A-Z0-9./-]{0,39}"


register_converter(AccountNumber, "account")

urlpatterns = [
    path("", lists.consumer_list, name="consumer_list"),
    path("new", registering.consumer_register, name="consumer_register"),
    path("search", lists.consumer_search, name="consumer_search"),
    path("export.csv", exports.consumer_export, name="consumer_export"),
    path("export.xlsx", exports.consumer_export_xlsx, name="consumer_export_xlsx"),
    path("holds", holds.hold_proposal_list, name="hold_proposal_list"),
    path("protected", register.protection_list, name="protection_list"),
    path("readings", reading_files.reading_file_list, name="reading_file_list"),
    path("readings/<int:file>", reading_files.reading_file, name="reading_file"),
    path("readings/<int:file>/store", reading_files.reading_file_store, name="reading_file_store"),
    path(
        "readings/<int:file>/errors.csv",
        reading_files.reading_file_errors,
        name="reading_file_errors",
    ),
    path(
        "<account:account>/connections",
        connections.consumer_connections,
        name="consumer_connections",
    ),
    path("<account:account>/readings/new", readings.reading_enter, name="reading_enter"),
    path(
        "<account:account>/readings/<int:reading>/verify",
        readings.reading_verify,
        name="reading_verify",
    ),
    path(
        "<account:account>/readings/<int:reading>/reject",
        readings.reading_reject,
        name="reading_reject",
    ),
    path(
        "<account:account>/premises/<int:premise>",
        premises.premise_correct,
        name="premise_correct",
    ),
    path("<account:account>/collection", standing.consumer_collection, name="consumer_collection"),
    path("<account:account>/vip", standing.consumer_vip, name="consumer_vip"),
    path("<account:account>/approve", registering.consumer_approve, name="consumer_approve"),
    path("<account:account>/holds", holds.account_holds, name="account_holds"),
    path(
        "<account:account>/holds/<int:hold>/lift", holds.account_hold_lift, name="account_hold_lift"
    ),
    path(
        "<account:account>/holds/proposed/<int:proposal>/accept",
        holds.hold_proposal_accept,
        name="hold_proposal_accept",
    ),
    path(
        "<account:account>/holds/proposed/<int:proposal>/decline",
        holds.hold_proposal_decline,
        name="hold_proposal_decline",
    ),
    path("<account:account>/notes", notes.consumer_notes, name="consumer_notes"),
    path(
        "<account:account>/notes/<int:note>/pin", notes.consumer_note_pin, name="consumer_note_pin"
    ),
    path(
        "<account:account>/notes/<int:note>/unpin",
        notes.consumer_note_unpin,
        name="consumer_note_unpin",
    ),
    path(
        "<account:account>/notes/<int:note>/withdraw",
        notes.consumer_note_withdraw,
        name="consumer_note_withdraw",
    ),
    path("<account:account>/timeline", timeline.consumer_timeline, name="consumer_timeline"),
    path("<account:account>/edit", profiles.consumer_edit, name="consumer_edit"),
    path("<account:account>/release", profiles.profile_release, name="profile_release"),
    path("<account:account>/renew/<int:token>", profiles.profile_renew, name="profile_renew"),
]
