"""The menu to print, for a therapist."""

from django import template
from django.urls import reverse

from ..paper.variants import DIARY, VARIANTS, WEEKS

register = template.Library()


@register.inclusion_tag("admin/patients/programme/_print.html")
def print_menu(programme, number: int | None = None):
    """Links to all variants of the version with this number, by default of the newest."""
    name, args = "patients:programme_handout", [programme.uuid]
    if number is not None:
        name, args = "patients:version_handout", [*args, number]
    address = reverse(name, args=args)
    return {
        "variants": [
            (variant.label, f"{address}?variant={variant.name}")
            for variant in VARIANTS.values()
            if variant != DIARY
        ],
        "diaries": [
            (weeks.label, f"{address}?variant={DIARY.name}&weeks={weeks.value}") for weeks in WEEKS
        ],
    }
