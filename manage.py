#!/usr/bin/env python
"""Django's command line; `make run` and the commands in the README go through it."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"설정 오류 / settings: {error}")


if __name__ == "__main__":
    main()
