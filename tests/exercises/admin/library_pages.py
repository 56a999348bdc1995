"""Addresses of the library in the admin, and what its pages say."""

from django.urls import reverse

from exercises.models import (
    Advice,
    AdviceText,
    Exercise,
    ExerciseText,
    Protocol,
    ProtocolLine,
    ProtocolText,
)
from rugpijn.audit import AccessEvent

from .exercise_form import tree

MODELS = (Exercise, ExerciseText, Protocol, ProtocolText, ProtocolLine, Advice, AdviceText)
SECRET = "Geheime oefening van De Linde"
ADD = reverse("admin:exercises_exercise_add")
LIST = reverse("admin:exercises_exercise_changelist")
ADD_PROTOCOL = reverse("admin:exercises_protocol_add")
ADD_ADVICE = reverse("admin:exercises_advice_add")
ADMIN_NAMES = {Exercise: "exercise", Protocol: "protocol", Advice: "advice"}


def address(obj, page="change"):
    return reverse(f"admin:exercises_{ADMIN_NAMES[type(obj)]}_{page}", args=[obj.pk])


def everything():
    return {model: list(model.objects.order_by("pk").values()) for model in MODELS}


def words(page):
    return " ".join(" ".join(tree(page).itertext()).split())


def logged(action):
    return AccessEvent.objects.filter(action=action).values_list("outcome", "object_type")


def autocomplete(client, term=""):
    query = {"app_label": "exercises", "model_name": "protocolline", "field_name": "exercise"}
    answer = client.get(reverse("admin:autocomplete"), query | {"term": term})
    return [found["text"] for found in answer.json()["results"]]
