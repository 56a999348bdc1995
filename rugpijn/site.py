"""The admin site: one login page, and a first page that begins with patients."""

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import audit
from .emergency_access import rules as emergency_access


class LibraryPicker(AutocompleteJsonView):
    """Marks the practice's own copy of an exercise, which has the title of the shared one."""

    def serialize_result(self, obj, to_field_name):
        result = super().serialize_result(obj, to_field_name)
        if getattr(obj, "practice_id", None) is not None:
            result["text"] = gettext("%(title)s (ours)") % {"title": result["text"]}
        return result


class PracticeAdminSite(admin.AdminSite):
    site_title = "Rugpijn"
    site_header = "Rugpijn"
    index_title = _("Practice")
    site_url = None
    enable_nav_sidebar = False

    # The first page of whoever treats patients; `patients` sets it.
    desk = None

    @staticmethod
    def treated_by(person) -> int:
        """How many patients somebody treats; `patients` replaces this."""
        return 0

    @staticmethod
    def next_removal(practice) -> str:
        """What the next nightly run removes of a practice, as text; `patients` replaces this."""
        return ""

    OUR_APPS = ("rugpijn", "exercises", "patients")

    def register(self, model_or_iterable, admin_class=None, **options):
        """Register our own models only: the admin pages of libraries know no practice."""
        models = (
            model_or_iterable
            if isinstance(model_or_iterable, (list, tuple))
            else [model_or_iterable]
        )
        ours = [model for model in models if model._meta.app_label in self.OUR_APPS]
        super().register(ours, admin_class, **options)

    def index(self, request, extra_context=None):
        """A therapist's worklist. For others, the list of what they may open."""
        user = request.user
        if user.is_owner and user.practice_id is not None:
            with transaction.atomic():
                emergency_access.write_down_ends(practice=user.practice.uuid)
            request.glass_in_practice = emergency_access.open_in(user.practice)
        if self.desk is not None and user.is_therapist and user.practice_id is not None:
            return self.desk(request)
        return super().index(request, extra_context)

    def login(self, request, extra_context=None):
        """Redirect to the one login page: a second one would need its own protection. Who is logged
        in and arrives here may not use the admin."""
        if request.user.is_authenticated:
            if not request.user.is_staff:
                audit.deny(request, "admin")
            return redirect("patients:home")
        return redirect_to_login(request.GET.get("next") or "/admin/", settings.LOGIN_URL)

    def logout(self, request, extra_context=None):
        return redirect("account_logout")

    def autocomplete_view(self, request):
        """Pickers choose exercises. One that lists patients would be a page without a log row."""
        if request.GET.get("field_name") != "exercise":
            raise PermissionDenied
        return LibraryPicker.as_view(admin_site=self)(request)

    def get_urls(self):
        """Leave out Django's own password pages, which would be a second login. And its “view on
        site”, which reveals whether an object with a given number exists."""
        closed = {"password_change", "password_change_done", "view_on_site"}
        ours = [url for url in super().get_urls() if getattr(url, "name", None) not in closed]
        from .emergency_access import views

        return [
            path("glass/", self.admin_view(views.break_glass), name="glass"),
            path("glass/<uuid:uuid>/end/", self.admin_view(views.end_glass), name="glass_end"),
            *ours,
        ]
