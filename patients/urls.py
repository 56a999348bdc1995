"""Addresses of the patient's own pages, of paper, and of the links on paper."""

from django.urls import path

from .views import keeping, media, notes, own, paper, patient, share

app_name = "patients"

urlpatterns = [
    path("", patient.home, name="home"),
    path("programmes/<uuid:uuid>/", patient.programme_detail, name="programme_detail"),
    path("programmes/<uuid:uuid>/log/", patient.log_session, name="log_session"),
    path("programmes/<uuid:uuid>/handout.pdf", paper.programme_handout, name="programme_handout"),
    path(
        "programmes/<uuid:uuid>/versions/<int:number>/handout.pdf",
        paper.version_handout,
        name="version_handout",
    ),
    path(
        "programmes/<uuid:uuid>/media/<str:digest>", media.programme_media, name="programme_media"
    ),
    path("programmes/<uuid:uuid>/progress/", own.progress, name="progress"),
    path("programmes/<uuid:uuid>/messages/", notes.own_messages, name="messages"),
    path("programmes/<uuid:uuid>/reminders/", keeping.reminders, name="reminders"),
    path("reminders/", keeping.change_times, name="change_times"),
    path("reminders/stop/<str:token>/", keeping.stop_reminders, name="stop_reminders"),
    path("calendar/<str:token>.ics", keeping.calendar, name="calendar"),
    path("my-data/", own.my_data, name="my_data"),
    path("my-data/download/", own.download, name="download"),
    path("invitation/<str:token>/", patient.patient_invitation, name="patient_invitation"),
    path("s/<str:token>/<int:number>/", share.share_page, name="share_page"),
    path("s/<str:token>/<int:number>/handout.pdf", share.share_handout, name="share_handout"),
    path("s/<str:token>/<int:number>/media/<str:digest>", share.share_media, name="share_media"),
]
