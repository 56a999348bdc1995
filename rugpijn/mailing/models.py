from django.conf import settings
from django.db import models
from django.utils import timezone


class Letter(models.Model):
    """A mail that is still to be sent. The row is deleted when the mail is sent.

    It refers to its subject by number. A link or a code that opens something is made in the worker,
    when the mail is written, and is in no table.
    """

    kind = models.CharField(max_length=40)  # a name in sending.WRITERS
    about = models.JSONField(default=dict)
    recipient = models.EmailField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True)
    language = models.CharField(max_length=7)
    created_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "mail that waits"
        verbose_name_plural = "mails that wait"
