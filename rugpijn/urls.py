"""The table of contents: every address of the app begins here."""

from django.contrib import admin
from django.urls import include, path

from . import installable, views, writing

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/logout/", views.LogoutView.as_view(), name="account_logout"),
    path("accounts/", include("allauth.account.urls")),
    path("colleague/<str:token>/", views.staff_invitation, name="staff_invitation"),
    path("language/", views.set_language, name="set_language"),
    path("plain-language/", writing.plain_language, name="plain_language"),
    path("csp-report/", views.csp_report, name="csp_report"),
    path("healthz", views.healthz, name="healthz"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("manifest.webmanifest", installable.manifest, name="manifest"),
    path("service-worker.js", installable.service_worker, name="service_worker"),
    path("offline/", installable.offline, name="offline"),
    path("drawings/", include("exercises.urls")),
    path("", include("patients.urls")),
]

handler400 = "rugpijn.views.bad_request"
handler403 = "rugpijn.views.permission_denied"
handler404 = "rugpijn.views.page_not_found"
handler500 = "rugpijn.views.server_error"
