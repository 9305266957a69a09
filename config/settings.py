"""Every setting of the site, read from the environment once, safe by default.

Nothing here decides editorial rules: those are data in config/rights.py and verbs in the apps.
EMBEDDED=1 (what `make run` and the tests set) is one machine with SQLite, a filesystem broker and
demonstration content; outside it every secret must be given and every cookie is secure.
"""

import sys
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.embedded import make_broker_folders, persistent_secret
from config.logs import mask_tokens

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

EMBEDDED: bool = env.bool("EMBEDDED", default=False)
VAR_DIR = Path(env.str("VAR_DIR", default="") or BASE_DIR / "var")


def required(name: str) -> str:
    """Return the variable, or say by name what is missing and what to do about it."""
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. Give it in the environment or in .env (see .env.example), "
            "or set EMBEDDED=1 to try the site on one machine with demonstration content."
        )
    return value


def required_keys(name: str) -> list[str]:
    """Return the keys of a list with commas between. A comma too many must not let in the empty key, which all know."""
    keys = [key.strip() for key in required(name).split(",") if key.strip()]
    if not keys:
        raise ImproperlyConfigured(f"{name} holds no key. docs/operations.md says how to make one.")
    return keys


def outside_address(name: str, public: str, recorded: str) -> str:
    """Return where an outside service is asked: the demonstration's recorded one, when embedded and nothing else is said.

    Outside the embedded mode an address on this machine is refused: what is recorded must never pass as checked.
    """
    address: str = env.str(name, default="") or (recorded if EMBEDDED else public)
    host = urlsplit(address).hostname or ""
    if not host or urlsplit(address).scheme not in ("http", "https"):
        raise ImproperlyConfigured(f"{name} is not an address that begins with https://, such as {public}")
    if not EMBEDDED and (host in ("localhost", "::1", "0.0.0.0") or host.startswith("127.")):  # noqa: S104
        raise ImproperlyConfigured(
            f"{name} is an address on this machine, where only the demonstration's recorded replies are. "
            f"Leave it empty to ask {public}, or set EMBEDDED=1 to try the site with demonstration content."
        )
    return address.rstrip("/")


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = persistent_secret(VAR_DIR) if EMBEDDED else required("SECRET_KEY")
ALLOWED_HOSTS = (
    ["localhost", "127.0.0.1", "[::1]", "testserver"]
    if EMBEDDED
    else [host.strip() for host in required("ALLOWED_HOSTS").split(",")]
)
SITE_URL: str = env.str("SITE_URL", default="http://127.0.0.1:8000") if EMBEDDED else required("SITE_URL")
SITE_RELEASE = "2026.11"

# Applications ---------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "config.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "simple_history",
    "import_export",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_structlog",
    "csp",
    "anymail",
    "evidence.apps.EvidenceConfig",
    "articles.apps.ArticlesConfig",
    "newsletter.apps.NewsletterConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "articles.context.site",
            ],
        },
    },
]

# Database: SQLite with a write-ahead log when embedded, PostgreSQL with a pool by DATABASE_URL ---------

DATABASE_URL: str = env.str("DATABASE_URL", default="")
if DATABASE_URL or not EMBEDDED:
    required("DATABASE_URL")
    DATABASES: dict[str, Any] = {"default": env.db("DATABASE_URL")}
    if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
        DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "wellness.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # secure_delete: what somebody had erased must not linger in the file's free pages.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
                "PRAGMA secure_delete=ON;",
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Queue: Redis by CELERY_BROKER_URL, folders on disk when embedded -----------------------------------------

CELERY_BROKER_URL: str = env.str("CELERY_BROKER_URL", default="") or (
    "filesystem://localhost" if EMBEDDED else required("CELERY_BROKER_URL")
)
if CELERY_BROKER_URL.startswith("filesystem://"):
    CELERY_BROKER_TRANSPORT = "config.broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = make_broker_folders(VAR_DIR / "broker")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

CELERY_TASK_ROUTES = {"newsletter.tasks.send_slice": {"queue": "newsletter"}}

# Mail: a relay by EMAIL_URL, the mailbox of `make run` when embedded ------------------------------------

EMAIL_CONFIG: dict[str, Any] = (
    env.email_url("EMAIL_URL", default=f"smtp://127.0.0.1:{env.int('MAILBOX_PORT', default=8025)}")
    if EMBEDDED
    else environ.Env.email_url_config(required("EMAIL_URL"))
)
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 30
SITE_HOST = urlsplit(SITE_URL).hostname or "localhost"
NEWSLETTER_FROM: str = (
    env.str("NEWSLETTER_FROM", default="Wellness Radar <brief@wellness-radar.example>")
    if EMBEDDED
    else required("NEWSLETTER_FROM")
)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = NEWSLETTER_FROM
NEWSLETTER_DOMAIN: str = parseaddr(NEWSLETTER_FROM)[1].rpartition("@")[2]
# Where answers to the envelope sender arrive: `manage.py newsletter_inbound` reads what comes to this domain.
NEWSLETTER_BOUNCE_DOMAIN: str = env.str("NEWSLETTER_BOUNCE_DOMAIN", default="") or NEWSLETTER_DOMAIN
NEWSLETTER_KEYS: list[str] = (
    [persistent_secret(VAR_DIR, "newsletter_key")] if EMBEDDED else required_keys("NEWSLETTER_KEYS")
)
NEWSLETTER_ADDRESS_KEY = (
    persistent_secret(VAR_DIR, "address_key") if EMBEDDED else required("NEWSLETTER_ADDRESS_KEY")
)
# Laws on commercial mail ask for a postal address of the sender; printed at the foot of every brief when given.
NEWSLETTER_POSTAL_ADDRESS = env.str("NEWSLETTER_POSTAL_ADDRESS", default="")
# How many senders run at once (PostgreSQL; SQLite has one), and for how many seconds each before it looks up.
NEWSLETTER_SENDERS = env.int("NEWSLETTER_SENDERS", default=4)
NEWSLETTER_SLICE_SECONDS = env.float("NEWSLETTER_SLICE_SECONDS", default=55.0)
NEWSLETTER_LEASE_SECONDS = env.float("NEWSLETTER_LEASE_SECONDS", default=15 * 60.0)
# A dead sender's message is doubted only after this: a sender that lost its database may still be writing it down.
NEWSLETTER_GRACE_SECONDS = env.float("NEWSLETTER_GRACE_SECONDS", default=10.0)
NEWSLETTER_CONNECT_SECONDS = env.float("NEWSLETTER_CONNECT_SECONDS", default=30.0)
NEWSLETTER_COMMAND_SECONDS = env.float("NEWSLETTER_COMMAND_SECONDS", default=60.0)
NEWSLETTER_DOT_SECONDS = env.float("NEWSLETTER_DOT_SECONDS", default=600.0)
# What happens to a message of which nobody can know whether it arrived: "resend_once" or "hold".
NEWSLETTER_AMBIGUOUS = env.str("NEWSLETTER_AMBIGUOUS", default="resend_once")
# Messages a minute to one receiving domain.
NEWSLETTER_DOMAIN_RATE = env.float("NEWSLETTER_DOMAIN_RATE", default=12000.0)
# Mail services report bounces and complaints to /anymail/<service>/tracking/ with this as user:password.
ANYMAIL = {"WEBHOOK_SECRET": env.str("ANYMAIL_WEBHOOK_SECRET", default="")}
# How many proxies of our own stand before the site: the network address of a reader is counted from there.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# Outside services: PubMed, Crossref and Retraction Watch; recorded replies when embedded ------------------

# PubMed and Crossref ask for an address to write to before they would bar a site that asks wrongly.
SOURCES_EMAIL: str = env.str("SOURCES_EMAIL", default="") if EMBEDDED else required("SOURCES_EMAIL")
SOURCES_TOOL: str = env.str("SOURCES_TOOL", default="WellnessRadar")
# With a key from its account page PubMed allows ten requests a second instead of three.
NCBI_API_KEY: str = env.str("NCBI_API_KEY", default="")
# How often a service that does not answer is asked before the check is put off, and the first pause in seconds.
SOURCES_ATTEMPTS = env.int("SOURCES_ATTEMPTS", default=4)
SOURCES_FIRST_PAUSE = env.float("SOURCES_FIRST_PAUSE", default=0.5)
RECORDED_PORT = env.int("RECORDED_PORT", default=8026)
RECORDED_FOLDER = BASE_DIR / "articles" / "demonstration" / "pubmed"
RECORDED_URL = f"http://127.0.0.1:{RECORDED_PORT}"
PUBMED_BASE_URL = outside_address(
    "PUBMED_BASE_URL", "https://eutils.ncbi.nlm.nih.gov/entrez/eutils", f"{RECORDED_URL}/entrez/eutils"
)
CROSSREF_BASE_URL = outside_address(
    "CROSSREF_BASE_URL", "https://api.crossref.org", f"{RECORDED_URL}/crossref"
)
RETRACTION_WATCH_URL = outside_address(
    "RETRACTION_WATCH_URL",
    "https://gitlab.com/crossref/retraction-watch-data/-/raw/main/retraction_watch.csv",
    f"{RECORDED_URL}/retraction_watch.csv",
)

# People ----------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_VERBOSE = False
LOGIN_URL = "admin:login"
OTP_TOTP_ISSUER = "Wellness Radar"
SESSION_COOKIE_AGE = 60 * 60 * 12

# Languages -------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hant", _("Traditional Chinese"))]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Files -----------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "media"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
PUBMED_UPLOAD_MAX_BYTES = 200 * 1024 * 1024
# A bulk file of PubMed's, 30,000 records, unpacks to some 330 MB. It is read as a stream and never held.
REFERENCES_UNPACKED_MAX_BYTES = 600 * 1024 * 1024

IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
IMPORT_EXPORT_SKIP_ADMIN_LOG = False
SIMPLE_HISTORY_ENABLED = True

# Safety ----------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    },
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = not EMBEDDED
CSRF_COOKIE_SECURE = not EMBEDDED
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not EMBEDDED)
SECURE_HSTS_SECONDS = 0 if EMBEDDED else 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = not EMBEDDED
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
)
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # preloading HSTS is the domain owner's decision, not a setting's

# Seeing ----------------------------------------------------------------------------------------------

# Logs outlive the thirty days for which a reader's network address may be known.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
LOG_LEVEL: str = env.str("LOG_LEVEL", default="INFO")
SENTRY_DSN: str = env.str("SENTRY_DSN", default="")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "structured": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
                if EMBEDDED
                else structlog.processors.JSONRenderer(),
                mask_tokens,
            ],
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django_structlog": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        "httpx2": {"level": "WARNING"},
        # It tells of every detector it tries, and calls a stranger's broken mail an error.
        "flufl.bounce": {"level": "CRITICAL"},
    },
}
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
