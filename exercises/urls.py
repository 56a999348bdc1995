"""Addresses of drawings, by digest. A drawing never changes and shows no real person."""

from django.urls import path

from . import views

app_name = "exercises"

urlpatterns = [
    path("<slug:digest>/<int:number>.svg", views.drawing, name="drawing"),
    path("<slug:digest>/loop.svg", views.loop, name="loop"),
]
