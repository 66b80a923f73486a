#!/usr/bin/env python3
"""Django's commands. In a checkout use ``./dev manage``, which brings the servers along."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smart360.settings.base")
    execute_from_command_line(sys.argv)
