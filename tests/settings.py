"""The site's own settings as the suite runs them: embedded, in a folder of its own, with a queue in memory."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("EMBEDDED", "1")
FOLDER = str(Path(tempfile.gettempdir()) / f"wellness-tests-{os.getuid()}")
if os.environ.setdefault("VAR_DIR", FOLDER) == FOLDER and "PYTEST_XDIST_WORKER" in os.environ:
    # A folder a process of the run: senders of two tests at once must not take each other's locks.
    os.environ["VAR_DIR"] += f"-{os.environ['PYTEST_XDIST_WORKER']}"
os.environ.setdefault("CELERY_BROKER_URL", "memory://")

from config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# whitenoise warns of a missing folder, and a warning fails the suite.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
AXES_ENABLED = False
LOGGING = {"version": 1, "disable_existing_loggers": False}
