"""The project's own app, and the admin site that replaces Django's."""

from django.apps import AppConfig
from django.contrib.admin import apps as django_admin
from django.utils.translation import gettext_lazy as _


class RugpijnConfig(AppConfig):
    name = "rugpijn"
    verbose_name = _("Practice")
    default = True

    def ready(self):
        from django.db.models.signals import post_migrate, pre_migrate

        from . import hooks
        from .backup import left_behind, revocations
        from .database import migrating
        from .log import events, guard  # noqa: F401  signals
        from .login import accounts, second_factor, second_step  # noqa: F401  signals
        from .login import revocations as login_revocations
        from .mailing import sending
        from .operations import clock

        hooks.health_problems.add(
            ("mail", sending.problem), ("clock", clock.problem), ("restore", left_behind.problem)
        )
        hooks.revocation_kinds.add(*login_revocations.KINDS)
        hooks.after_restore.add(
            clock.after_restore,
            second_step.end_lists_of_staff,
            login_revocations.close_what_was_open,
            lambda restored: " ".join(revocations.apply(restored.made_at)),
        )
        pre_migrate.connect(migrating.before_migrate, sender=self, dispatch_uid="rugpijn.migrating")
        post_migrate.connect(guard.after_migrate, sender=self, dispatch_uid="rugpijn.log_guard")


class PracticeAdminConfig(django_admin.AdminConfig):
    default = False  # named in INSTALLED_APPS, in the place of django.contrib.admin
    default_site = "rugpijn.site.PracticeAdminSite"
