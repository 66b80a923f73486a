"""What higher apps want to know of the utility."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol


class SettingsChanged(Protocol):
    """A step that runs inside the change: the trail writes its entry."""

    def __call__(
        self, *, by: int, at: datetime, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> None:
        """``old`` and ``new`` hold the fields that differ."""


settings_changed: list[SettingsChanged] = []
