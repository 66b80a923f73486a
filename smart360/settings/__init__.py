"""``base`` is safe for production and reads the environment; ``local`` and ``test`` loosen it."""
