"""How names of people are ordered in a list."""

from itertools import takewhile

from rugpijn.typed import text

# Particles before a Dutch surname, which do not count for its place in a list.
PARTICLES = (
    " van de der den ten ter te het 't 's t s d d' l' in op aan bij onder over voor uit uijt "
    "von zu zum zur vom auf am dem du des del della di da do dos das la le les lo los el al "
)


def surname_first(name: str) -> str:
    """The key to order a name by: `berg celik, anke van der` for `Anke van der Berg-Çelik`.

    The surname is what comes before a comma, or else the last word, with the words that a hyphen
    and a particle join to it, as in `Jansen-de Vries`.
    """
    given, surname = _split(text.clean(name))
    return f"{text.fold(surname)}, {text.fold(given)}".rstrip(", ")


def _split(name: str) -> tuple[str, str]:
    """(given names and particles, surname without particles)."""
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
