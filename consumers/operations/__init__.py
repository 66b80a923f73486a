"""What can be done with consumers: hold and change a profile, protect an account."""

from consumers.operations.holds import (
    BY_HAND,
    HoldWish,
    UnableToLift,
    UnableToProtect,
    lift_account_hold,
    place_account_hold,
)
from consumers.operations.locks import (
    UnableToBreakLock,
    begin_change,
    break_profile_lock,
    release_profile_lock,
    renew_profile_lock,
    take_profile_lock,
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

__all__ = [
    "BY_HAND",
    "HoldWish",
    "ReadingIsUnusual",
    "UnableToBreakLock",
    "UnableToChangeProfile",
    "UnableToCheckReading",
    "UnableToDecideHold",
    "UnableToLift",
    "UnableToProtect",
    "accept_account_hold",
    "begin_change",
    "break_profile_lock",
    "change_profile",
    "decline_account_hold",
    "enter_reading",
    "lift_account_hold",
    "place_account_hold",
    "propose_account_hold",
    "reject_reading",
    "release_profile_lock",
    "renew_profile_lock",
    "take_profile_lock",
    "verify_reading",
]
