"""Convert a file with an older schema to the newest one, one version at a time."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

Content = dict[str, Any]
Upgrades = Mapping[int, Callable[[Content], Content]]


def newest(upgrades: Upgrades) -> int:
    return max(upgrades) + 1


def upgraded(content: Content, upgrades: Upgrades) -> Content:
    """The content in the newest schema. Raises ValueError for a schema that cannot be read."""
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
