"""Addresses of the patient's pages, the handouts, and the links on paper."""

from django.urls import path

from .contact.views import reminders, thread
from .follow_up.views import own_progress
from .joining.views import accept
from .paper.views import handout, media, share_page
from .patient_day.views import sync, today
from .privacy.views import access_log, own_data, rights

app_name = "patients"

urlpatterns = [
    path("", today.home, name="home"),
    path("programmes/<uuid:uuid>/", today.programme_detail, name="programme_detail"),
    path(
        "programmes/<uuid:uuid>/yesterday/", today.programme_yesterday, name="programme_yesterday"
    ),
    path("programmes/<uuid:uuid>/session/", today.programme_session, name="programme_session"),
    path("programmes/<uuid:uuid>/stop/", today.stop, name="stop"),
    path("programmes/<uuid:uuid>/log/", today.log_session, name="log_session"),
    path("programmes/<uuid:uuid>/symptoms/", today.report_symptoms, name="report_symptoms"),
    path("programmes/<uuid:uuid>/how-it-goes/", today.recovery, name="recovery"),
    path("sync/start/", sync.start, name="sync_start"),
    path("sync/", sync.receive, name="sync"),
    path("programmes/<uuid:uuid>/handout.pdf", handout.programme_handout, name="programme_handout"),
    path(
        "programmes/<uuid:uuid>/versions/<int:number>/handout.pdf",
        handout.version_handout,
        name="version_handout",
    ),
    path(
        "programmes/<uuid:uuid>/media/<str:digest>", media.programme_media, name="programme_media"
    ),
    path("invitation/<str:token>/", accept.patient_invitation, name="patient_invitation"),
    path("in/", accept.invitation_code, name="invitation_code"),
    path("welcome/", accept.first_login, name="first_login"),
    path("programmes/<uuid:uuid>/progress/", own_progress.progress, name="progress"),
    path("programmes/<uuid:uuid>/messages/", thread.own_messages, name="messages"),
    path("programmes/<uuid:uuid>/reminders/", reminders.reminders, name="reminders"),
    path("reminders/", reminders.change_times, name="change_times"),
    path("reminders/stop/<str:token>/", reminders.stop_reminders, name="stop_reminders"),
    path("calendar/<str:token>.ics", reminders.calendar, name="calendar"),
    path("my-data/", own_data.my_data, name="my_data"),
    path("my-data/download/", rights.download, name="download"),
    path("my-data/download/<uuid:uuid>/", rights.export_page, name="export"),
    path("my-data/download/<uuid:uuid>/file/", rights.export_file, name="export_file"),
    path("my-data/<uuid:uuid>/erase/", rights.ask_erasure, name="ask_erasure"),
    path("patients/<uuid:uuid>/log/", access_log.access_log, name="access_log"),
    path("patients/<uuid:uuid>/log/file/", access_log.download, name="access_log_file"),
    path("s/<str:token>/<int:number>/", share_page.share_page, name="share_page"),
    path("s/<str:token>/<int:number>/handout.pdf", share_page.share_handout, name="share_handout"),
    path(
        "s/<str:token>/<int:number>/media/<str:digest>", share_page.share_media, name="share_media"
    ),
]
