"""Text as people type and paste it: what of it is stored, and when two texts are the same.

    clean   what is stored: typography stays, invisible characters are removed, Unicode form NFC
    plain   for reading dates, weeks and dosages: clean, lower case, one kind of space, dash and
            quotation mark
    fold    for comparing and searching: letters and digits only, without case and accents
    code    for codes that are typed from paper: only the letters and digits that count
    shown   a part of somebody else's text in one of our sentences; what cannot be shown is "�"

This module imports nothing of the project, so that every part of it can use these functions.
"""

import re
import unicodedata

# Word and PowerPoint write the bullets of their symbol fonts as private characters.
SYMBOL_BULLETS = "\uf0b7\uf0a7\uf0d8\uf0fc\uf076\uf02d\uf0a8\uf0b0"
BULLET = "•"
# Signs that take no room and that are of no category of their own: fillers, grapheme joiners,
# variation selectors, and the place of an object that was not pasted along.
NO_ROOM = set("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800\ufffc") | {
    chr(point) for point in range(0xFE00, 0xFE10)
}
# These two join or part letters of Arabic and Indic scripts and pictures; among Latin letters
# they are only invisible.
JOINERS = "\u200c\u200d"
BEYOND_LATIN = "[^\\u0000-\\u02ff\\u200c\\u200d]"
JOINER = re.compile(f"(?<!{BEYOND_LATIN})[{JOINERS}]|[{JOINERS}](?!{BEYOND_LATIN})")
LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
OFFICE_ESCAPE = re.compile(r"_x(000[0-9A-Fa-f])_")  # how Excel writes a control sign in a cell
PASTED_BULLET = re.compile(f"(?m)^([ \t]*)[{SYMBOL_BULLETS}]")

DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u30fb\ufe58\ufe63\uff0d"
ONE_SPELLING = str.maketrans(
    dict.fromkeys(DASHES, "-") | dict.fromkeys("’‘‚‛′`´ʹʼ＇", "'") | dict.fromkeys("”“„‟″ʺ＂", '"')
)

# Letters that Unicode does not decompose into another letter and an accent.
LETTER_PAIRS = "ß:ss ø:o æ:ae œ:oe ł:l đ:d ð:d þ:th ı:i ħ:h ŋ:ng ŧ:t ĳ:ij"
LETTERS = str.maketrans(dict(pair.split(":") for pair in LETTER_PAIRS.split()))


def clean(text: str) -> str:
    """Return the text as it is stored. Idempotent. Spaces and line ends at the ends are kept."""
    if text.isascii() and text.isprintable() and "_x" not in text:
        return text
    text = OFFICE_ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    text = PASTED_BULLET.sub(rf"\1{BULLET}", LINE_ENDS.sub("\n", text))
    text = unicodedata.normalize("NFC", "".join(filter(_is_seen, text)))
    return JOINER.sub("", text)


def _is_seen(sign: str) -> bool:
    if sign in "\n\t\0" or sign in JOINERS:  # NUL is for the form to refuse
        return True
    # Control, format (zero width, soft hyphen, direction), surrogate and private characters.
    return sign not in NO_ROOM and unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co")


BULLETS = re.compile(r"^[ \t]*[•·‣⁃◦▪▫●○■□*–—-][ \t]+|^[ \t]*[•·‣⁃◦▪▫●○■□]")
NUMBERING = re.compile(r"^[ \t]*\(?([0-9]{1,2})[.)][ \t]+")


def without_bullets(text: str) -> str:
    """Return the lines of a list without bullets or numbers that were pasted with it.

    Numbers are removed only when they count the lines: "1." before the first, "2." before the
    second.
    """
    lines = [BULLETS.sub("", line).strip() for line in text.split("\n")]
    numbers = [NUMBERING.match(line) for line in lines if line]
    counted = [int(number[1]) if number else 0 for number in numbers]
    if counted == [*range(1, len(counted) + 1)]:
        lines = [NUMBERING.sub("", line) for line in lines]
    return "\n".join(lines)


NO_SCHEME = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::[0-9]+)?(?:[/?#]\S*)?", re.IGNORECASE)


def web_address(text: str) -> str:
    """Return `https://www.example.nl/video` for `www.example.nl/video`; any other text is returned
    unchanged."""
    text = clean(text).strip()
    return f"https://{text}" if NO_SCHEME.fullmatch(text) else text


def one_line(text: str) -> str:
    """Return the text with single spaces, and one kind of dash and quotation mark: `-`, `'` and
    `"`."""
    return " ".join(clean(text).translate(ONE_SPELLING).split())


def plain(text: str) -> str:
    """Return one line in lower case; accents stay."""
    return one_line(text).lower()


def fold(text: str) -> str:
    """Return letters and digits only: `Müller-de Wit` and `MULLER DE WIT` are the same, and so are
    `Sigurður` and `sigurdur`."""
    text = plain(text).replace("'", "").translate(LETTERS)
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text).casefold()
        text = "".join(part for part in parts if not unicodedata.combining(part))
    return " ".join(re.findall(r"[^\W_]+", text))


def squeezed(text: str) -> str:
    """Return `fold` without spaces: `Anne-Marie`, `Anne Marie` and `annemarie` are the same."""
    return fold(text).replace(" ", "")


def code(text: str) -> str:
    """Return the letters and digits of a code, as capitals: `ab12-cd34` is `AB12CD34`.

    Dashes, spaces and points only make a code easier to read. Digits of other scripts become 0-9.
    """
    folded = unicodedata.normalize("NFKD", clean(text)).upper()
    digits = (str(unicodedata.decimal(sign, sign)) for sign in folded)
    return "".join(sign for sign in digits if sign.isascii() and sign.isalnum())


def digits(text: str) -> str:
    """Return only the digits of a code of digits. The letters O, I and l are read as the digits
    that they look like."""
    read_as = str.maketrans("OIL", "011")
    return "".join(sign for sign in code(text).translate(read_as) if sign.isdigit())


def shown(text: str, most: int = 60) -> str:
    """Return the beginning of the text, without characters that a page cannot show."""
    return "".join(sign if sign.isprintable() else "�" for sign in text[:most])
