"""The utility itself: its name, contact data, zone and calendars."""
