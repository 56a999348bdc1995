"""The form of a programme as a browser would send it."""

from django.urls import reverse


def as_posted(response) -> dict:
    """The form of a page as a browser would send it back, unchanged."""
    form = response.context["adminform"].form
    data = {name: _value(form[name]) for name in ("title", "revision")}
    data["initial-title"] = data["title"]
    data["opened_as"] = response.context["opened_as"]
    formset = response.context["inline_admin_formsets"][0].formset
    data.update(
        {
            f"{formset.prefix}-TOTAL_FORMS": len(formset.forms),
            f"{formset.prefix}-INITIAL_FORMS": formset.initial_form_count(),
        }
    )
    for row in formset.forms:
        for field in row:
            value = _value(field)
            if field.name == "DELETE":
                continue
            data[field.html_name] = value
            if field.field.show_hidden_initial:
                sent = row.data.get(field.html_initial_name) if row.is_bound else value
                data[field.html_initial_name] = "" if sent is None else sent
    return data


def _value(field):
    value = field.value()
    return "" if value is None else value


def change(programme) -> str:
    return reverse("admin:patients_programme_change", args=[programme.pk])


def row(data, exercise) -> str:
    """The prefix of the row of this exercise."""
    ids = {str(line.pk): line for line in exercise.programme.prescriptions.all()}
    for name, value in data.items():
        if name.endswith("-id") and str(value) in ids and str(value) == str(exercise.pk):
            return name.removesuffix("-id")
    raise AssertionError(f"no row for {exercise}")
