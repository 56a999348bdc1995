"""The project's own app, and the admin site it puts in place of Django's."""

from django.apps import AppConfig
from django.contrib.admin import apps as django_admin
from django.utils.translation import gettext_lazy as _


class RugpijnConfig(AppConfig):
    name = "rugpijn"
    verbose_name = _("Practice")
    default = True

    def ready(self):
        from django.db.models.signals import post_migrate, pre_migrate

        from .backup import ended, left_behind, restore
        from .database import migrating
        from .log import events, guard  # noqa: F401  signals
        from .login import accounts, second_factor, second_step  # noqa: F401  signals
        from .login import ended as ended_logins
        from .mailing import sending
        from .operations import clock, health

        health.add("mail", sending.problem)
        health.add("clock", clock.problem)
        health.add("restore", left_behind.problem)
        restore.AFTER_RESTORE.append(clock.after_restore)
        restore.AFTER_RESTORE.append(second_step.end_lists_of_staff)
        restore.AFTER_RESTORE.append(ended_logins.close_what_was_open)
        restore.AFTER_RESTORE.append(lambda restored: " ".join(ended.apply(restored.made_at)))
        pre_migrate.connect(migrating.before_migrate, sender=self, dispatch_uid="rugpijn.migrating")
        post_migrate.connect(guard.after_migrate, sender=self, dispatch_uid="rugpijn.log_guard")


class PracticeAdminConfig(django_admin.AdminConfig):
    default = False  # named in INSTALLED_APPS, in the place of django.contrib.admin
    default_site = "rugpijn.site.PracticeAdminSite"
