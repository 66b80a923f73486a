"""What can be done with consumers: hold and change a profile, protect it, document, note, speak."""

from consumers.operations.documents import (
    UnableToDecideDocument,
    UnableToKeepDocument,
    UnableToUpload,
    add_document,
    add_upload,
    decide_document,
    note_look,
    remove_upload,
    renew_document,
    sweep_trays,
    withdraw_document,
)
from consumers.operations.holds import (
    BY_HAND,
    HoldWish,
    UnableToLift,
    UnableToProtect,
    lift_account_hold,
    place_account_hold,
    remind_of_ending_protection,
)
from consumers.operations.locks import (
    UnableToBreakLock,
    begin_change,
    break_profile_lock,
    release_profile_lock,
    renew_profile_lock,
    take_profile_lock,
)
from consumers.operations.notes import (
    UnableToNote,
    add_consumer_note,
    pin_consumer_note,
    unpin_consumer_note,
    withdraw_consumer_note,
)
from consumers.operations.profiles import UnableToChangeProfile, change_profile
from consumers.operations.proposals import (
    UnableToDecideHold,
    accept_account_hold,
    decline_account_hold,
    propose_account_hold,
)
from consumers.operations.readings import (
    ReadingIsUnusual,
    UnableToCheckReading,
    enter_reading,
    reject_reading,
    verify_reading,
)
from consumers.operations.speaking import (
    UnableToSpeak,
    log_consumer_call,
    send_consumer_message,
)

__all__ = [
    "BY_HAND",
    "HoldWish",
    "ReadingIsUnusual",
    "UnableToBreakLock",
    "UnableToChangeProfile",
    "UnableToCheckReading",
    "UnableToDecideDocument",
    "UnableToDecideHold",
    "UnableToKeepDocument",
    "UnableToLift",
    "UnableToNote",
    "UnableToProtect",
    "UnableToSpeak",
    "UnableToUpload",
    "accept_account_hold",
    "add_consumer_note",
    "add_document",
    "add_upload",
    "begin_change",
    "break_profile_lock",
    "change_profile",
    "decide_document",
    "decline_account_hold",
    "enter_reading",
    "lift_account_hold",
    "log_consumer_call",
    "note_look",
    "pin_consumer_note",
    "place_account_hold",
    "propose_account_hold",
    "reject_reading",
    "release_profile_lock",
    "remind_of_ending_protection",
    "remove_upload",
    "renew_document",
    "renew_profile_lock",
    "send_consumer_message",
    "sweep_trays",
    "take_profile_lock",
    "unpin_consumer_note",
    "verify_reading",
    "withdraw_consumer_note",
    "withdraw_document",
]
