"""How every field is drawn: as Django does, but for what would cut a text in silence."""

from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    """Without `maxlength`: a browser cuts what is pasted and says nothing of it.

    The server refuses what is too long, says how long it may be and is, and gives it back.
    """

    def render(self, template_name, context, request=None):
        widget = context.get("widget", {})
        for each in (widget, *widget.get("subwidgets", ())):
            each.get("attrs", {}).pop("maxlength", None)
        return super().render(template_name, context, request)
