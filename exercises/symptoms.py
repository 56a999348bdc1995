"""The symptoms that a protocol can ask its patients about.

Their words, and which of them belong to a region, are clinical rules of the app that keeps the
records. It adds them in `rugpijn/hooks.py`, since nothing here may import it.
"""

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from rugpijn import hooks


class Catalogue:
    """The symptoms that protocols can ask about, as the app of the records registered them."""

    @property
    def words(self) -> Mapping[str, str]:
        """What a patient reads, by name, in the order in which it is asked."""
        return hooks.symptom_words.value

    def of_region(self, region: str) -> tuple[str, ...]:
        """The names that are always asked for a complaint of this region."""
        return hooks.symptoms_of_region.value(region)

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
