"""What the tests of the library share: a small library file, to be broken in one place."""

import pytest

FILE = """
schema = 1

[protocol]
key = "proef"
category = "knee"

[protocol.nl]
title = "Proef"

[[protocol.lines]]
exercise = "een"
dosage = "1x per dag 3x10 links"

[[advice]]
kind = "movement"
source = "eigen tekst"

[advice.nl]
title = "Blijf bewegen"
body = "Beweeg zo veel als u kunt."

[[exercises]]
key = "een"
category = "knee"
online_number = 3
video = "https://www.example.nl/een"
reviewed_on = 2026-05-31
dosage = "2x per dag 2x10x"

[exercises.nl]
title = "Oefening een"
steps = ["Sta op.", "Ga zitten."]
purpose = "Traint uw benen."

[exercises.en]
title = "Exercise one"
steps = ["Stand up.", "Sit down."]
"""


@pytest.fixture
def write_library(tmp_path):
    """Writes a library file, with pieces of the small one replaced; returns its path."""

    def write(*replacements, text=FILE, name="proef.toml"):
        for old, new in replacements:
            assert text.count(old) == 1, f"{old!r} must stand in the file once"
            text = text.replace(old, new)
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write
