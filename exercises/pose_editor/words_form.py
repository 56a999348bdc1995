"""The form for a figure that sliders cannot express: its texts, the person and the view."""

import copy

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..figures.style import Person
from .forms import caption_field, choice_field, line_field
from .sliders import BUILDS, CLOTHES, HAIRS, VIEWS

AS_IT_IS = {"": _("as it is")}


class FigureWordsForm(forms.Form):
    title_nl = line_field(_("Title in Dutch"), required=True)
    title_en = line_field(_("Title in English"))
    view = choice_field(_("Seen"), {**AS_IT_IS, **VIEWS}, required=False)
    build = choice_field(_("Build"), {**AS_IT_IS, **BUILDS}, required=False)
    hair = choice_field(_("Hair"), {**AS_IT_IS, **HAIRS}, required=False)
    clothes = choice_field(_("Clothes"), {**AS_IT_IS, **CLOTHES}, required=False)

    def __init__(self, data=None, *, data_of: dict):
        self.figure = data_of
        person = Person(**data_of.get("person", {}))
        builds = [name for name, (_label, build) in BUILDS.items() if build == person.build]
        initial = {
            "title_nl": data_of["title"]["nl"],
            "title_en": data_of["title"].get("en", ""),
            "build": builds[0] if builds else "",
            "hair": person.hair if person.hair in HAIRS else "",
            "clothes": person.clothes if person.clothes in CLOTHES else "",
        }
        super().__init__(data, initial=initial)
        for number, frame in enumerate(data_of["strip"], 1):
            labels = {"nl": gettext("Caption in Dutch"), "en": gettext("Caption in English")}
            for language, label in labels.items():
                field = caption_field(label, required=language == "nl")
                field.initial = frame["caption"].get(language, "")
                self.fields[f"caption_{number}_{language}"] = field

    def frames(self):
        """The captions of each drawing, with its number."""
        for number in range(1, len(self.figure["strip"]) + 1):
            yield number, [self[f"caption_{number}_{language}"] for language in ("nl", "en")]

    def about(self):
        """The fields that hold for the whole figure."""
        return [self[name] for name in self.base_fields]

    def _texts(self, name: str) -> dict:
        texts = {language: self.cleaned_data[f"{name}_{language}"] for language in ("nl", "en")}
        return {language: text for language, text in texts.items() if text}

    def changed(self) -> dict:
        """The data of the figure, changed as the form says."""
        data, cleaned = copy.deepcopy(self.figure), self.cleaned_data
        data["title"] = self._texts("title")
        for number, frame in enumerate(data["strip"], 1):
            frame["caption"] = self._texts(f"caption_{number}")
        changes = {name: cleaned[name] for name in ("hair", "clothes") if cleaned[name]}
        if cleaned["build"]:
            changes["build"] = BUILDS[cleaned["build"]][1]
        person = Person(**(data.get("person", {}) | changes))
        if person != Person(**data.get("person", {})):
            data["person"] = vars(person).copy()
        if cleaned["view"]:
            for place in (*data["strip"], data.get("loop", {})):
                place.pop("view", None)
            data["view"] = list(VIEWS[cleaned["view"]][1])
        return data
