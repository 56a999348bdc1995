"""Captions of a film. WebVTT is read strictly and written anew with its cues only."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

BYTES = 200_000
CUES = 2_000
TIME = r"(?:(\d{1,2}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
TIMING = re.compile(rf"{TIME}[ \t]+-->[ \t]+{TIME}(?:[ \t]+.*)?")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
MARKUP = re.compile(r"<[^>]*>?")


def redrawn(upload) -> bytes:
    """The WebVTT file to store instead of the uploaded one. Raises ValidationError."""
    if upload.size > BYTES:
        raise ValidationError(_("These captions are larger than 200 kB."))
    upload.seek(0)
    try:
        text = upload.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_captions() from error
    blocks = re.split(r"\n{2,}", re.sub(r"\r\n?", "\n", text).strip("\n"))
    if CONTROL.search(text) or not re.match(r"WEBVTT(?:[ \t].*)?(?:\n|$)", blocks[0]):
        raise _no_captions()
    cues = [cue for block in blocks[1:] if (cue := _cue(block.split("\n"))) is not None]
    if not cues or len(cues) > CUES:
        raise _no_captions()
    return ("\n\n".join(["WEBVTT", *cues]) + "\n").encode()


def _cue(lines: list[str]) -> str | None:
    """One cue as it is stored; None for a note, a style, a region or a cue without text."""
    if re.match(r"(NOTE|STYLE|REGION)\b", lines[0]) and "-->" not in lines[0]:
        return None
    if "-->" not in lines[0]:
        lines = lines[1:]  # the identifier of the cue, which is not needed
    timing = TIMING.fullmatch(lines[0].strip()) if lines else None
    texts = [MARKUP.sub("", line).strip() for line in lines[1:]]
    texts = [text for text in texts if text]
    if timing is None or any("-->" in text for text in texts):
        raise _no_captions()
    start, end = timing.groups()[:4], timing.groups()[4:]
    if _seconds(start) >= _seconds(end):
        raise ValidationError(
            _("A caption ends before it begins, at %(time)s.") % {"time": _written(start)}
        )
    if not texts:
        return None
    return "\n".join([f"{_written(start)} --> {_written(end)}", *texts])


def _seconds(time: tuple) -> float:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in time)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000


def _written(time: tuple) -> str:
    hours, minutes, seconds, thousandths = time
    return f"{int(hours or 0):02}:{minutes}:{seconds}.{thousandths}"


def _no_captions() -> ValidationError:
    return ValidationError(
        _("We cannot read these captions. Please use a WebVTT file (.vtt) in UTF-8.")
    )
