"""Which shapes of a stored file are read: today's, and every older one that has a way up to it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

Content = dict[str, Any]
Upgrades = Mapping[int, Callable[[Content], Content]]


def newest(upgrades: Upgrades) -> int:
    return max(upgrades) + 1


def upgraded(content: Content, upgrades: Upgrades) -> Content:
    """The content as it would be written today. ValueError, in words, when it cannot be read."""
    schema, today = content.get("schema"), newest(upgrades)
    if type(schema) is not int or schema < 1:  # true is an int in Python
        raise ValueError(
            _("the number of the schema is missing; this version of the app reads 1 to %d.") % today
        )
    if schema > today:
        raise ValueError(
            _(
                "this file has schema %(schema)d and was made by a newer version of the app; "
                "this one reads 1 to %(today)d. Update this app first."
            )
            % {"schema": schema, "today": today}
        )
    while content["schema"] != today:
        content = upgrades[content["schema"]](content)
    return content
