"""What can be done with consumers: hold and change a profile, take accounts over from a file."""

from consumers.operations.locks import (
    UnableToBreakLock,
    break_profile_lock,
    release_profile_lock,
    renew_profile_lock,
    take_profile_lock,
)

__all__ = [
    "UnableToBreakLock",
    "break_profile_lock",
    "release_profile_lock",
    "renew_profile_lock",
    "take_profile_lock",
]
