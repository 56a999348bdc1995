"""The symptoms that a protocol can ask its patients about.

Their wording and the symptoms of each region are clinical rules, which the patients app has. This
app may not import it, so the patients app fills `catalogue` when Django starts.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.text import get_text_list
from django.utils.translation import gettext as _


@dataclass
class Catalogue:
    """`words` maps each name to the text for the patient, in the order of asking.

    `of_region` returns the names that are asked for every complaint of a region.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    of_region: Callable[[str], tuple[str, ...]] = lambda region: ()

    def in_order(self, names: Iterable[str]) -> list[str]:
        """The names that are in the catalogue, each once, in its order."""
        return [name for name in self.words if name in set(names)]


catalogue = Catalogue()


def validate_names(names: list[str]) -> None:
    """Raise ValidationError unless `names` is a list of names in the catalogue.

    A misspelt name would be a question that is never asked.
    """
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValidationError(_("A list of names is expected here."), code="list")
    unknown = [name for name in names if name not in catalogue.words]
    if unknown:
        raise ValidationError(
            _("There is no symptom “%(name)s”; there are %(names)s.")
            % {"name": unknown[0][:40], "names": ", ".join(catalogue.words)},
            code="unknown",
        )


def validate_complete(names: Iterable[str], region: str) -> None:
    """Raise ValidationError when a symptom that its region always asks about is missing."""
    missing = [name for name in catalogue.of_region(region) if name not in set(names)]
    if missing:
        raise ValidationError(
            _(
                "%(names)s: these are asked about for every complaint of this region. "
                "You can add symptoms, and leave none of these out."
            )
            % {"names": get_text_list(missing, _("and"))},
            code="incomplete",
        )
