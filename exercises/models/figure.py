"""A figure (poses, a photo or a drawing by hand) and its renderings, which never change."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .sharing import Owned, in_language


class Rendering(models.Model):
    """Pictures, with the digest of their source as key. Written once, never changed.

    Versions refer to them by digest only, so a rendering stays when its figure is changed or
    deleted. `frames` holds for each picture its width and height on paper in mm, and its `svg`;
    the bytes of a photo are in `photo` instead.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    frames = models.JSONField()
    loop = models.TextField(blank=True)
    photo = models.BinaryField(null=True)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return self.digest


class Figure(Owned):
    """One drawing of an exercise, or a photo instead.

    `data` is its source; `exercises.pictures` describes its contents for each kind and is the only
    module that writes it. Shared figures (no practice) come from files. A change clears the
    review, which was about the former drawing.
    """

    class Kind(models.TextChoices):
        POSES = "poses", _("drawing from poses")
        PHOTO = "photo", _("photo")
        BY_HAND = "by_hand", _("drawing by hand")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.POSES)
    data = models.JSONField()
    rendering = models.ForeignKey(Rendering, models.PROTECT, related_name="+", editable=False)
    # The mirror image of a figure of one side, for a prescription of the other side.
    mirrored = models.ForeignKey(
        Rendering, models.PROTECT, null=True, related_name="+", editable=False
    )
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("drawing or photo")
        verbose_name_plural = _("drawings and photos")
        ordering = ["id"]

    def __str__(self):
        return self.words("title")

    def words(self, name: str, language: str | None = None) -> str:
        """The text `name` of the data in this language, or else in Dutch."""
        return in_language(self.data.get(name, {}), language)
