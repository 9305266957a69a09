"""Settings are safe unless told otherwise, and say what is missing and what to do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "SECRET_KEY": "the quick brown fox jumps over 13 lazy dogs, and not a key",
    "DATABASE_URL": "postgres://u:p@127.0.0.1:5432/x",
    "CELERY_BROKER_URL": "redis://127.0.0.1:6379/0",
    "ALLOWED_HOSTS": "wellness.example",
    "SITE_URL": "https://wellness.example",
    "EMAIL_URL": "smtp+tls://brief:password@relay.example:587",
    "NEWSLETTER_FROM": "Wellness Radar <brief@wellness.example>",
    "NEWSLETTER_KEYS": "one key for tokens,the one before it",
    "NEWSLETTER_ADDRESS_KEY": "the one that is never rotated",
    "SOURCES_EMAIL": "desk@wellness.example",
}


def run(code: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "VAR_DIR": str(folder), **variables}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


READ = "import os; os.environ['DJANGO_SETTINGS_MODULE']='config.settings'; from django.conf import settings as s; "


@pytest.mark.parametrize("name", PRODUCTION)
def test_outside_the_embedded_mode_a_missing_secret_is_named_with_the_way_out(
    tmp_path: Path, name: str
) -> None:
    given = {key: value for key, value in PRODUCTION.items() if key != name}
    ran = run(READ + "s.DEBUG", tmp_path, **given)
    assert ran.returncode != 0
    assert f"{name} is not set" in ran.stderr
    assert ".env.example" in ran.stderr


def test_in_production_debug_is_off_and_cookies_travel_only_encrypted(tmp_path: Path) -> None:
    ran = run(
        READ
        + "print(s.DEBUG, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.EMBEDDED)",
        tmp_path,
        **PRODUCTION,
    )
    assert ran.stdout.split() == ["False", "True", "True", "True", "False"], ran.stderr


def test_in_production_the_desk_asks_for_a_second_factor(tmp_path: Path) -> None:
    code = READ + (
        "import django; django.setup(); from django.contrib import admin; from types import SimpleNamespace as N; "
        "user = N(is_active=True, is_staff=True, is_superuser=True, is_verified=lambda: False); "
        "print(admin.site.has_permission(N(user=user)), admin.site.login_form.__name__)"
    )
    ran = run(code, tmp_path, **PRODUCTION)
    assert ran.stdout.split() == ["False", "OTPAuthenticationForm"], ran.stderr


def test_djangos_own_deployment_check_finds_nothing(tmp_path: Path) -> None:
    code = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE']='config.settings'; "
        "from django.core.management import execute_from_command_line as go; go(['manage.py','check','--deploy'])"
    )
    ran = run(code, tmp_path, **PRODUCTION)
    assert "no issues" in ran.stdout, ran.stderr


def test_the_embedded_secret_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    first = run(READ + "print(s.SECRET_KEY)", tmp_path, EMBEDDED="1").stdout
    second = run(READ + "print(s.SECRET_KEY)", tmp_path, EMBEDDED="1").stdout
    assert first == second != ""
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_the_demonstration_is_refused_outside_the_embedded_mode(tmp_path: Path) -> None:
    code = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE']='config.settings'; "
        "from django.core.management import execute_from_command_line as go; go(['manage.py','demo'])"
    )
    ran = run(code, tmp_path, **PRODUCTION)
    assert ran.returncode == 1
    assert "EMBEDDED=1 only" in ran.stderr


def test_a_comma_too_many_lets_in_no_empty_key(tmp_path: Path) -> None:
    ran = run(READ + "print(s.NEWSLETTER_KEYS)", tmp_path, **PRODUCTION | {"NEWSLETTER_KEYS": "new, ,old,"})
    assert ran.stdout.strip() == "['new', 'old']", ran.stderr
    ran = run(READ + "s.DEBUG", tmp_path, **PRODUCTION | {"NEWSLETTER_KEYS": " , "})
    assert "NEWSLETTER_KEYS holds no key" in ran.stderr


ASKED = "print(s.PUBMED_BASE_URL, s.CROSSREF_BASE_URL, s.RETRACTION_WATCH_URL)"


def test_in_production_the_outside_services_themselves_are_asked(tmp_path: Path) -> None:
    ran = run(READ + ASKED, tmp_path, **PRODUCTION, PUBMED_BASE_URL="https://mirror.example/eutils/")
    pubmed, crossref, listed = ran.stdout.split()
    assert (pubmed, crossref) == ("https://mirror.example/eutils", "https://api.crossref.org")
    assert listed.endswith("/retraction_watch.csv")


@pytest.mark.parametrize("name", ["PUBMED_BASE_URL", "CROSSREF_BASE_URL", "RETRACTION_WATCH_URL"])
@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8026/", "http://localhost/x", "http://[::1]:80", "https://127.1.2.3"]
)
def test_in_production_no_recorded_reply_passes_for_a_real_one(
    tmp_path: Path, name: str, address: str
) -> None:
    ran = run(READ + "s.DEBUG", tmp_path, **PRODUCTION, **{name: address})
    assert ran.returncode != 0
    assert f"{name} is an address on this machine" in ran.stderr


def test_what_is_no_address_is_refused(tmp_path: Path) -> None:
    ran = run(READ + "s.DEBUG", tmp_path, EMBEDDED="1", CROSSREF_BASE_URL="api.crossref.org")
    assert "CROSSREF_BASE_URL is not an address" in ran.stderr


def test_the_embedded_site_asks_its_own_recorded_server(tmp_path: Path) -> None:
    ran = run(READ + ASKED, tmp_path, EMBEDDED="1", RECORDED_PORT="9026")
    assert ran.stdout.split() == [
        "http://127.0.0.1:9026/entrez/eutils",
        "http://127.0.0.1:9026/crossref",
        "http://127.0.0.1:9026/retraction_watch.csv",
    ]
