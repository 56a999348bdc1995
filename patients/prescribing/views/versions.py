"""The versions of a programme, and how two of them differ."""

from itertools import zip_longest

from django.utils.translation import gettext as _

from rugpijn.web.numbers import number

from ...admin_base import programme_page
from ...sheet_changes import changes, named


def versions(request, programme):
    """Every version, newest first, with its changes; and a comparison of two."""
    issued = list(programme.versions.order_by("-number"))
    sheets = {version.number: version.sheet for version in issued}
    rows = [
        {
            "version": version,
            "changes": named(changes(sheets[before.number], sheets[version.number]))
            if before is not None
            else None,
        }
        for version, before in zip_longest(issued, issued[1:])
    ]
    return programme_page(
        request,
        programme,
        "versions",
        _("Versions"),
        act="read versions",
        rows=rows,
        **_compared(request.GET, {version.number: version for version in issued}, sheets),
    )


def _compared(query, versions, sheets) -> dict:
    """The two versions that `query` chooses, with their differences or a sentence why not.

    The older one comes first, in whichever order they were chosen.
    """
    if "from" not in query and "to" not in query:
        newest = sorted(versions)[-2:]
        return {"chosen": tuple(newest) if len(newest) == 2 else None}
    numbers = [number(query.get(name)) for name in ("from", "to")]
    if any(number not in versions for number in numbers):
        return {"chosen": numbers, "problem": _("Choose two versions from the lists.")}
    if numbers[0] == numbers[1]:
        return {"chosen": numbers, "problem": _("Choose two different versions.")}
    older, newer = sorted(numbers)
    return {
        "chosen": (older, newer),
        "older": versions[older],
        "newer": versions[newer],
        "difference": named(changes(sheets[older], sheets[newer])),
    }
