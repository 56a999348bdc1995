"""How form fields are drawn: as by Django, but no typed text and no focus is lost."""

from django.forms import BoundField
from django.forms.renderers import DjangoTemplates


class FieldInItsForm(BoundField):
    """After a mistake the first wrong field gets the focus, whichever asks for it otherwise."""

    def build_widget_attrs(self, attrs, widget=None):
        attrs = super().build_widget_attrs(attrs, widget)
        if self.form.is_bound and self.form.errors:
            attrs["autofocus"] = self.name == self._first_wrong()
        return attrs

    def _first_wrong(self) -> str | None:
        return next((name for name in self.form.fields if name in self.form.errors), None)


class Renderer(DjangoTemplates):
    """Draws fields without `maxlength`: with it a browser cuts off what is pasted, in silence. The
    server refuses a text that is too long, says how long it may be, and gives it back."""

    bound_field_class = FieldInItsForm

    def render(self, template_name, context, request=None):
        widget = context.get("widget", {})
        for part in (widget, *widget.get("subwidgets", ())):
            part.get("attrs", {}).pop("maxlength", None)
        return super().render(template_name, context, request)
