"""What the embedded mode needs on disk before settings can be read: a secret, broker folders.

Nothing here runs outside EMBEDDED=1. No Django imports: settings import this module.
"""

import os
import secrets
from pathlib import Path


def persistent_secret(var: Path, name: str = "secret_key") -> str:
    """Return a secret of this machine's own, made on first use and kept, so that sign-ins survive a restart."""
    path = var / name
    var.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        secret = secrets.token_urlsafe(50)
        file.write(secret)
    return secret


def make_broker_folders(root: Path) -> dict[str, str]:
    """Make the folders of Celery's filesystem broker; it fails on the first message if they are missing."""
    folders = {
        # One folder both ways: what is published is what the worker on this machine picks up.
        "data_folder_in": root / "queue",
        "data_folder_out": root / "queue",
        "control_folder": root / "control",
    }
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    return {name: str(folder) for name, folder in folders.items()}
