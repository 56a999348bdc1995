"""What a figure is: poses, a photo or a drawing by hand; and what it looks like, for good."""

from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .sharing import FALLBACK, Owned


class Rendering(models.Model):
    """Pictures under the digest of what they were made from. Written once, never changed.

    Versions name them by digest only, so a rendering stays when its figure changes or goes.
    `frames` has for each picture its width and height on paper in mm, and its `svg`; a photo
    has its bytes beside it instead.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    frames = models.JSONField()
    loop = models.TextField(blank=True)
    photo = models.BinaryField(null=True)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return self.digest


class Figure(Owned):
    """One drawing of an exercise, or a photo in its place.

    `data` is what it is made from; `exercises.pictures` says what stands in it for each kind, and
    is the only one that writes it. Shared figures (no practice) come from files. A change voids
    the review: what was judged is not there any more.
    """

    class Kind(models.TextChoices):
        POSES = "poses", _("drawing from poses")
        PHOTO = "photo", _("photo")
        BY_HAND = "by_hand", _("drawing by hand")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.POSES)
    data = models.JSONField()
    rendering = models.ForeignKey(Rendering, models.PROTECT, related_name="+", editable=False)
    # A figure of one side, for a prescription of the other side.
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
        """A text of the data in this language; what is empty there is read in Dutch."""
        texts = self.data.get(name, {})
        return texts.get(language or get_language() or FALLBACK) or texts.get(FALLBACK, "")
