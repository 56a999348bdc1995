"""The forms of a page, read from its HTML as a browser reads them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

PRESSED = ("submit", "image")
NO_VALUE = ("button", "reset")


@dataclass
class Field:
    tag: str
    name: str
    kind: str = "text"
    value: str = ""
    is_on: bool = True  # of a checkbox or radio button
    options: list = field(default_factory=list)  # (value, selected)
    several: bool = False
    attributes: dict = field(default_factory=dict)


@dataclass
class PageForm:
    action: str
    method: str
    css_class: str = ""
    fields: list = field(default_factory=list)

    def named(self, name) -> Field:
        return next(each for each in self.fields if each.name == name)

    def data(self) -> dict[str, list[str]]:
        """What a browser sends when nothing is changed, without its buttons."""
        sent: dict[str, list[str]] = {}
        for each in self.fields:
            if each.tag == "button" or each.kind in (*PRESSED, *NO_VALUE, "file"):
                continue
            if each.tag == "select":
                values = [value for value, chosen in each.options if chosen]
                if not values and not each.several and each.options:
                    values = [each.options[0][0]]
            else:
                values = [each.value] if each.is_on else []
            for value in values:
                sent.setdefault(each.name, []).append(value)
        return sent

    def pressed(self) -> dict[str, list[str]]:
        """The same, sent with the form's first button."""
        buttons = [
            each for each in self.fields
            if each.kind == "submit" or (each.tag == "button" and each.kind == "text")
        ]  # fmt: skip
        return self.data() | {each.name: [each.value] for each in buttons[:1]}


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms, self.by_id, self.open, self.area, self.select = [], {}, None, None, None
        self.apart = []  # fields that name their form

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.open = PageForm(
                attributes.get("action") or "",
                attributes.get("method", "get"),
                attributes.get("class", ""),
            )
            self.forms.append(self.open)
            self.by_id[attributes.get("id")] = self.open
        elif tag in ("input", "textarea", "select", "button") and attributes.get("name"):
            self._field(tag, attributes)
        elif tag == "option" and self.select is not None:
            value = attributes.get("value", "")
            self.select.options.append((value, "selected" in attributes))

    def _field(self, tag, attributes):
        found = Field(tag, attributes["name"], attributes.get("type") or "text")
        found.attributes, found.value = attributes, attributes.get("value") or ""
        if found.kind in ("checkbox", "radio"):
            found.is_on, found.value = "checked" in attributes, attributes.get("value", "on")
        found.several = "multiple" in attributes
        if "disabled" not in attributes:
            if "form" in attributes:
                self.apart.append((attributes["form"], found))
            elif self.open is not None:
                self.open.fields.append(found)
        self.area = found if tag == "textarea" else None
        self.select = found if tag == "select" else self.select

    def handle_data(self, data):
        if self.area is not None:
            self.area.value += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = None
        elif tag == "textarea" and self.area is not None:
            self.area.value = self.area.value.removeprefix("\n")
            self.area = None
        elif tag == "select":
            self.select = None


def forms_of(response) -> list[PageForm]:
    reader = _Reader()
    reader.feed(response.content.decode())
    for form, found in reader.apart:
        if form in reader.by_id:
            reader.by_id[form].fields.append(found)
    return reader.forms


def form_to(response, address: str) -> PageForm:
    """What a page offers to send once more, to this address."""
    offered = [form for form in forms_of(response) if form.css_class == "again"]
    assert [form.action for form in offered] == [address], response.content.decode()
    return offered[0]
