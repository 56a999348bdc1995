"""Addresses of drawings. A digest is the name: what it names never changes and shows nobody."""

from django.urls import path

from . import views

app_name = "exercises"

urlpatterns = [
    path("<slug:digest>/<int:number>.svg", views.drawing, name="drawing"),
    path("<slug:digest>/loop.svg", views.loop, name="loop"),
]
