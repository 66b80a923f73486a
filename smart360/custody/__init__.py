"""Taking whole accounts over from the system before (CON15)."""
