"""Settings. What differs between installations comes from the environment.

With DEBUG on, everything has a default, so that a clone runs at once. Without it a missing key
stops the start, and `rugpijn.operations.checks` refuses settings that could hurt a patient.
docs/install.md lists the variables.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.utils.translation import gettext_lazy as _

from .database.sqlite import sqlite_options
from .web import limits

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
_default = (lambda value: {"default": value}) if DEBUG else (lambda value: {})

SECRET_KEY = env.str("SECRET_KEY", **_default("only-for-a-demo-on-this-computer-" + "0" * 32))
# Signs the links on paper. Its own key, so that changing SECRET_KEY (which only
# logs people out) leaves every printed QR code working.
SHARE_KEY = env.str("SHARE_KEY", default=SECRET_KEY)
# Encrypts the secrets of authenticator apps. Several, separated by commas: the first encrypts, and
# each decrypts, so that a key can be followed by the next one.
MFA_KEY = env.list("MFA_KEY", default=["only-for-a-demo-" + SECRET_KEY] if DEBUG else [])
SITE_URL = env.str("SITE_URL", **_default("http://localhost:8000")).rstrip("/")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS",
    default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else [urlsplit(SITE_URL).hostname],
)
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var")))
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
# Who was erased, as digests: a restore must not bring it back to an earlier state. Best on a disk
# and in a folder of its own; here it is at least outside the database and its media.
ERASURE_LEDGER = Path(env.str("ERASURE_LEDGER", default=str(DATA_DIR / "erased.jsonl")))
SECURE_SITE = SITE_URL.startswith("https://")

INSTALLED_APPS = [
    "rugpijn",
    "exercises",
    "patients",
    "rugpijn.apps.PracticeAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "crispy_forms",
    "crispy_bootstrap5",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "rugpijn.web.middleware.SecurityHeadersMiddleware",
    "rugpijn.web.unavailable.UncaughtTroubleMiddleware",
    "rugpijn.web.middleware.RequestMiddleware",
    "rugpijn.web.static_files.StaticFilesMiddleware",
    "rugpijn.web.middleware.CompressMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "rugpijn.login.sessions.SessionLimitsMiddleware",
    "rugpijn.saving.kept_forms.OpenedByMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "rugpijn.web.middleware.OwnLanguageMiddleware",
    "rugpijn.login.second_factor.StaffFactorMiddleware",
    "rugpijn.emergency_access.rules.GlassMiddleware",
    "rugpijn.web.middleware.NoNulMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "rugpijn.login.devices.TrustMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "rugpijn.saving.kept_forms.KeptFormMiddleware",
    "rugpijn.web.middleware.WrongMethodMiddleware",
    "rugpijn.web.unavailable.TroubleMiddleware",
]

ROOT_URLCONF = "rugpijn.urls"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["rugpijn.templatetags.opened_by"],  # in each form: who opened the page
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
MESSAGE_STORAGE = "rugpijn.web.unavailable.TrueMessages"
FORM_RENDERER = "rugpijn.web.form_renderer.Renderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# ---------------------------------------------------------------- data

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'rugpijn.sqlite3'}")
}
DATABASES["default"]["CONN_MAX_AGE"] = 60
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"].setdefault("OPTIONS", {}).update(sqlite_options())
else:
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        options="-c statement_timeout=15000 -c lock_timeout=5000"
    )
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Rate limits need a cache that all server processes share.
CACHES = {
    "default": {
        "BACKEND": "rugpijn.database.cache.StrictDatabaseCache",
        "LOCATION": "rugpijn_cache",
    },
    # Of this process alone: for counting what is asked with every key that is typed (rates.py).
    "process": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Seals the backups. Public: whoever has it can make one, and open none.
BACKUP_KEY = env.str("BACKUP_KEY", default="")

MEDIA_ROOT = DATA_DIR / "media"  # never served by its path: a view asks who is looking
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_TEMP_DIR = DATA_DIR  # closed to others; and a full disk is seen as one
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = limits.TEXT_BYTES
DATA_UPLOAD_MAX_NUMBER_FIELDS = limits.FIELDS
FILM_BYTES = env.int("FILM_MEGABYTES", default=100) * limits.MEGABYTE
# A form refuses an upload that is somewhat too large; one that is far too large is not read at all.
UPLOAD_BYTES = limits.UPLOAD_FACTOR * FILM_BYTES
FILE_UPLOAD_HANDLERS = [
    "rugpijn.web.uploads.BoundedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Behind nginx: the `internal` address of MEDIA_ROOT, and files leave through nginx. Empty: we
# serve them ourselves.
X_ACCEL_PREFIX = env.str("X_ACCEL_PREFIX", default="")

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site has a use for our files
STORAGES = {
    "default": {"BACKEND": "rugpijn.web.media_storage.WholeFileStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "rugpijn.web.static_files.HashedFilesStorage"
    },
}

# ---------------------------------------------------------------- people

AUTH_USER_MODEL = "rugpijn.User"
AUTHENTICATION_BACKENDS = ["rugpijn.password_backend.OneCheckBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_DJANGOS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": f"{_DJANGOS}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": f"{_DJANGOS}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_DJANGOS}.CommonPasswordValidator"},
    {"NAME": "rugpijn.login.passwords.PracticeNameValidator"},
    {"NAME": "rugpijn.login.passwords.PatternValidator"},
    {"NAME": "rugpijn.login.passwords.CommonWordsValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "patients:home"
LOGOUT_REDIRECT_URL = "account_login"
PASSWORD_RESET_TIMEOUT = 3600  # seconds

ACCOUNT_ADAPTER = "rugpijn.login.accounts.InvitedOnlyAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login_code"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = [
    "email*",
    "password1*",
    "password2*",
]  # the form needs them; sign-up is closed
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts come from invitations, which prove who it is
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a changed password is told to its owner
ACCOUNT_FORMS = {
    "add_email": "rugpijn.login.accounts.NewAddressForm",
    "login": "rugpijn.login.accounts.LoginForm",
    "change_password": "rugpijn.login.accounts.ChangeForm",
    "set_password": "rugpijn.login.accounts.SetForm",
    "reset_password": "rugpijn.login.accounts.AskResetForm",
    "reset_password_from_key": "rugpijn.login.accounts.ResetForm",
}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60  # seconds that a login counts as fresh
# Wrong ones are slowed down per account, and per address as far as a whole practice behind one
# address can still go on: sixty wrong passwords in a minute are no people.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "60/m/ip,5/5m/key",
    "invitation": "60/m/ip",
    "second_step": "5/10m/key",
    "second_step_mail": "5/10m/key",
}
MFA_ADAPTER = "rugpijn.login.passkeys.PasskeyAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp"]  # the printed list is ours, which keeps hashes only
MFA_TOTP_TOLERANCE = 1  # half minutes that a clock may be off, to either side
MFA_WEBAUTHN_USER_VERIFICATION = "required"
if DEBUG and env.str("DEMO_CODE", default="123456"):  # for the demo's staff, who have no app
    MFA_TOTP_INSECURE_BYPASS_CODE = env.str("DEMO_CODE", default="123456")
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "login_webauthn": "rugpijn.login.passkeys.PasskeyLoginForm",
    "reauthenticate_webauthn": "rugpijn.login.passkeys.AgainForm",
}
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}  # nothing to guess; a practice shares an address
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)

# ---------------------------------------------------------------- language and time

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]
LOCALE_PATHS = [
    BASE_DIR / "rugpijn" / "locale",
    BASE_DIR / "rugpijn" / "locale_of_libraries",  # their sentences, in our tone
]
TIME_ZONE = "Europe/Amsterdam"
PHONE_REGION = env.str("PHONE_REGION", default="NL")  # where a number without a country is dialled
USE_I18N = True
USE_TZ = True

# ---------------------------------------------------------------- safety

# With TLS the `__Host-` prefix keeps other sites on the same domain out.
_prefix = "__Host-" if SECURE_SITE else ""
SESSION_COOKIE_NAME = f"{_prefix}sessionid"
CSRF_COOKIE_NAME = f"{_prefix}csrftoken"
LANGUAGE_COOKIE_NAME = f"{_prefix}language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_SITE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
DEVICE_COOKIE_NAME = f"{_prefix}device"
RETURNING_COOKIE_NAME = f"{_prefix}returning"  # who was logged in last, until the browser closes
SESSION_ENGINE = "rugpijn.login.session_store"
SESSION_COOKIE_AGE = 24 * 3600
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "rugpijn.views.csrf_failure"

SECURE_SSL_REDIRECT = SECURE_SITE
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked by the proxy itself, without TLS
SECURE_HSTS_SECONDS = 31536000 if SECURE_SITE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
# W021 asks to be put on the browsers' preload list. That is a decision about a
# whole domain, and the practice's domain is not ours to decide about.
SILENCED_SYSTEM_CHECKS = ["security.W021"]

# ---------------------------------------------------------------- mail and logs

EMAIL_CONFIG = env.email_url(
    "EMAIL_URL", default="consolemail://" if DEBUG else "smtp://localhost:25"
)
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="noreply@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 20

# One JSON object a line for whoever collects logs; a line to read for whoever runs the demo.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "rugpijn.operations.technical_log.JsonLine"},
        "line": {"()": "rugpijn.operations.technical_log.PlainLine"},
    },
    "filters": {"without_keys": {"()": "rugpijn.operations.technical_log.WithoutKeys"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line" if DEBUG else "json",
            "filters": [
                "without_keys"
            ],  # many libraries log addresses, and some addresses are keys
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # WeasyPrint logs every step; only its warnings matter here.
        "weasyprint": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        # Django would give these its own handler, and mail errors with the data that was sent.
        "django": {"handlers": [], "level": "INFO"},
        "django.server": {"handlers": [], "propagate": True},
    },
}
