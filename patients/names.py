"""Names of people: under which letter they stand, and how they are found."""

from itertools import takewhile

from rugpijn.typed import text

# What stands before a Dutch surname and does not count for its place in a list.
PARTICLES = (
    " van de der den ten ter te het 't 's t s d d' l' in op aan bij onder over voor uit uijt "
    "von zu zum zur vom auf am dem du des del della di da do dos das la le les lo los el al "
)


def surname_first(name: str) -> str:
    """`Anke van der Berg-Çelik` stands at `berg celik, anke van der`.

    The surname is the last word, with words that hang on it by a hyphen and a particle, as in
    `Jansen-de Vries`. What comes before a comma is a surname as well. Used for order only.
    """
    given, surname = _split(text.clean(name))
    return f"{text.fold(surname)}, {text.fold(given)}".rstrip(", ")


def _split(name: str) -> tuple[str, str]:
    """What comes before the surname, and the surname without its particles."""
    before_comma, _comma, given = name.partition(",")
    if given.strip():
        words = before_comma.split()
        particles = list(takewhile(_is_particle, words[:-1]))
        return f"{given} {' '.join(particles)}", " ".join(words[len(particles) :])
    words = name.split()
    start = max(len(words) - 1, 0)
    while start and "-" in words[start - 1] and _is_particle(words[start - 1].rpartition("-")[2]):
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:])


def _is_particle(word: str) -> bool:
    return f" {text.plain(word)} " in PARTICLES
