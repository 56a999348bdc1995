"""The form of an exercise as a browser would send it."""

import tinyhtml5


def tree(page):
    return tinyhtml5.parse(page.content.decode(), namespace_html_elements=False)


def fields(page):
    """The fields of the page's own form, as the browser knows them."""
    forms = tree(page).iterfind(".//form")
    form = next(form for form in forms if form.get("id", "").endswith("_form"))
    found = [field for field in form.iter() if field.tag in ("input", "select", "textarea")]
    return [field for field in found if field.get("type") != "submit" and field.get("name")]


def filled_in(page):
    """What a browser would send from this page without a change."""
    sent = {}
    for field in fields(page):
        if field.tag == "textarea":
            value = (field.text or "").replace("\n", "\r\n")
        elif field.tag == "select":
            options = list(field.iter("option"))
            chosen = [option for option in options if option.get("selected") is not None]
            if field.get("multiple") is not None:
                value = [option.get("value") for option in chosen]
            else:
                value = (chosen or options or [{}])[0].get("value", "")
        elif field.get("type") == "checkbox":
            ticked = field.get("checked") is not None and field.get("disabled") is None
            value = field.get("value", "on") if ticked else None
        else:
            value = field.get("value", "")
        if value is not None and "__prefix__" not in field.get("name"):
            sent[field.get("name")] = value
    return sent
