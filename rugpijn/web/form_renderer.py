"""How every field is drawn: as Django does, but for what would lose a text or a place."""

from django.forms import BoundField
from django.forms.renderers import DjangoTemplates


class FieldInItsForm(BoundField):
    """After a mistake the cursor is at the first field that is wrong, whatever else asks for it."""

    def build_widget_attrs(self, attrs, widget=None):
        attrs = super().build_widget_attrs(attrs, widget)
        if self.form.is_bound and self.form.errors:
            attrs["autofocus"] = self.name == self._first_wrong()
        return attrs

    def _first_wrong(self) -> str | None:
        wrong = (name for name in self.form.fields if name in self.form.errors)
        return next(wrong, None)


class Renderer(DjangoTemplates):
    """Without `maxlength`: a browser cuts what is pasted and says nothing of it.

    The server refuses what is too long, says how long it may be and is, and gives it back.
    """

    bound_field_class = FieldInItsForm

    def render(self, template_name, context, request=None):
        widget = context.get("widget", {})
        for each in (widget, *widget.get("subwidgets", ())):
            each.get("attrs", {}).pop("maxlength", None)
        return super().render(template_name, context, request)
