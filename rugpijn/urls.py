"""Every address of the app begins here."""

from allauth.account import views as allauth_views
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, register_converter

from . import views
from .login import access_pages, account_views, factor_views, passkeys, second_step, sessions
from .plain_language.views import plain_language
from .saving import kept_forms
from .web import pwa

register_converter(views.TypedWord, "typed")

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/logout/", views.LogoutView.as_view(), name="account_logout"),
    # Who has only a passkey can choose a password too, after confirming who they are.
    path(
        "accounts/password/set/",
        sessions.fresh_login_required(allauth_views.password_set),
        name="account_set_password",
    ),
    path(
        "accounts/passkey/",
        login_not_required(passkeys.LoginView.as_view()),
        name="mfa_login_webauthn",
    ),
    path(
        "accounts/passkey/again/", passkeys.AgainView.as_view(), name="mfa_reauthenticate_webauthn"
    ),
    path("accounts/reauthenticate/", factor_views.password_again, name="account_reauthenticate"),
    path("accounts/code/again/", factor_views.code_again, name="factor_again"),
    path("account/second-step/", factor_views.staff_factor, name="staff_factor"),
    path("accounts/second-step/", second_step.second_step, name="second_step"),
    path("account/devices/", account_views.login_devices, name="login_devices"),
    path("account/passkey/", account_views.passkey_add, name="passkey_add"),
    path("account/codes/", account_views.one_time_list, name="one_time_list"),
    path("account/kept/", kept_forms.kept_form, name="kept_form"),
    path("accounts/change/<str:token>/", access_pages.refuse_by_mail, name="refuse_access_change"),
    path("accounts/", include("allauth.account.urls")),
    path("colleague/<str:token>/", views.staff_invitation, name="staff_invitation"),
    path("language/", views.set_language, name="set_language"),
    path("plain-language/", plain_language, name="plain_language"),
    path("csp-report/", views.csp_report, name="csp_report"),
    path("healthz", views.healthz, name="healthz"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("manifest.webmanifest", pwa.manifest, name="manifest"),
    path("service-worker.js", pwa.service_worker, name="service_worker"),
    path("offline/", pwa.offline, name="offline"),
    path("drawings/", include("exercises.urls")),
    path(".well-known/change-password", views.change_password, name="change_password"),
    path("", include("patients.urls")),
    # After all others: an address typed from paper with a capital, or with a full stop after it.
    path("<typed:word>", views.typed_address, name="typed_address"),
]

handler400 = "rugpijn.views.bad_request"
handler403 = "rugpijn.views.permission_denied"
handler404 = "rugpijn.views.page_not_found"
handler500 = "rugpijn.views.server_error"
