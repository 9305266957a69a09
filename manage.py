#!/usr/bin/env python
"""Run Django's commands for Wellness Radar. Settings live in config/settings.py."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Point Django at our settings and hand it the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
