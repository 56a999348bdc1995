"""A practice's own film of an exercise."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .library import Exercise
from .sharing import in_language


class FilmQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The films of the exercises that the user may see."""
        return self.filter(exercise__in=Exercise.objects.visible_to(user))


class Film(models.Model):
    """One film of one exercise. `exercises.media.films` writes it and stores its files.

    A file is named by the digest of its contents, and versions refer to it by that digest only. So
    the file stays when its film is replaced or deleted; `manage.py sweep_pictures` removes files
    that nothing refers to any more.
    """

    class MediaType(models.TextChoices):
        MP4 = "video/mp4", "MP4"
        WEBM = "video/webm", "WebM"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    exercise = models.OneToOneField(Exercise, models.CASCADE, related_name="film")
    texts = models.JSONField()  # title and alternative, each by language
    digest = models.CharField(max_length=64)
    media_type = models.CharField(max_length=20, choices=MediaType.choices)
    size = models.PositiveBigIntegerField()  # bytes
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    seconds = models.PositiveIntegerField(null=True)
    poster = models.CharField(max_length=64, blank=True)  # the digest of a JPEG
    captions = models.JSONField(default=dict)  # language: the digest of a WebVTT file
    changed_at = models.DateTimeField(default=timezone.now)

    objects = FilmQuerySet.as_manager()

    class Meta:
        verbose_name = _("film")
        verbose_name_plural = _("films")
        ordering = ["id"]

    def __str__(self):
        return self.words("title")

    def words(self, name: str, language: str | None = None) -> str:
        """The text `name` in this language, or else in Dutch."""
        return in_language(self.texts.get(name, {}), language)

    @property
    def digests(self) -> set[str]:
        """The digests of all files of this film."""
        return {self.digest, self.poster, *self.captions.values()} - {""}
