"""Render figures once, store the renderings by digest, and describe them as a `Picture`.

A `Picture` holds everything that a page or a handout shows of a figure. It is frozen with the
programme and names its rendering by digest, so reading a version does not use the figure again.

The contents of `Figure.data`, by kind:

    poses    the figure as exercises/figures/checks.py describes it
    photo    title, alternative and caption by language, and `photo`, the digest of its bytes
    by_hand  title, alternative and caption by language, `width` and `height` in mm, and `svg`,
             the digest of the drawing
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from .figures import by_hand, kept
from .figures.data import keys, load, mirrored
from .media import photos
from .models import Figure, Rendering, in_language


@dataclass(frozen=True)
class Frame:
    """One drawing or photo: its caption, its alternative text, and its size in mm."""

    caption: str
    alternative: str
    width: float
    height: float


@dataclass(frozen=True)
class Picture:
    """A figure as a reader sees it, in one language and for one side of the body.

    `source` is the digest of the figure's data without the version of the renderer. When a later
    version of the app draws the same data anew, `digest` changes and `source` does not.
    """

    digest: str
    source: str
    title: str
    frames: tuple[Frame, ...]
    kind: str = Figure.Kind.POSES
    side: str = ""  # the patient's side that it shows: "left", "right", or "" for neither
    loop: bool = False

    @classmethod
    def of(cls, figure: Figure, language: str, side: str = "") -> "Picture":
        """The picture for the prescribed `side`; "" and "each" take the figure as it is."""
        data, rendering = figure.data, figure.rendering
        if figure.mirrored is not None and side in ("left", "right") and side != data["side"]:
            data, rendering = mirrored(data), figure.mirrored
        with translation.override(language):
            frames = tuple(_frames(figure.kind, data, rendering, language))
        return cls(
            digest=rendering.digest,
            source=kept.digest_of(data, renderer=0),
            title=in_language(data["title"], language),
            frames=frames,
            kind=figure.kind,
            side=data.get("side", ""),
            loop=bool(rendering.loop),
        )

    @classmethod
    def from_json(cls, content: dict | None) -> "Picture | None":
        """The picture from the result of `dataclasses.asdict`, or None from None."""
        if content is None:
            return None
        return cls(**{**content, "frames": tuple(Frame(**frame) for frame in content["frames"])})

    def words(self) -> list[str]:
        return [frame.caption for frame in self.frames if frame.caption]


def _frames(kind: str, data: dict, rendering: Rendering, language: str) -> Iterable[Frame]:
    title = in_language(data["title"], language)
    if kind != Figure.Kind.POSES:
        (size,) = rendering.frames
        caption, alternative = (
            in_language(data.get(name, {}), language) for name in ("caption", "alternative")
        )
        yield Frame(caption, alternative, size["width"], size["height"])
        return
    count = len(data["strip"])
    for number, (frame, size) in enumerate(zip(data["strip"], rendering.frames, strict=True), 1):
        alternative = title
        if count > 1:
            words = {"title": title, "number": number, "count": count}
            alternative = _("%(title)s, drawing %(number)d of %(count)d") % words
        caption = in_language(frame["caption"], language)
        yield Frame(caption, alternative, size["width"], size["height"])


# Drawing and storing.


def draw_ahead(data: dict) -> None:
    """Draw and store the renderings that `save_poses` needs.

    This takes seconds, so call it before the transaction.
    """
    _poses_rendering(data)
    if "side" in data:
        _poses_rendering(mirrored(data))


def save_poses(figure: Figure, data: dict) -> Figure:
    """Draw the checked data, store the renderings, and save the figure with them."""
    figure.kind = Figure.Kind.POSES
    twin = mirrored(data) if "side" in data else None
    return _save(figure, data, _poses_rendering(data), twin and _poses_rendering(twin))


@transaction.atomic
def _save(
    figure: Figure, data: dict, rendering: Rendering, twin: Rendering | None = None
) -> Figure:
    if figure.pk is None or figure.rendering_id != rendering.digest:
        figure.changed_at = timezone.now()
        if figure.pk is not None:
            figure.reviewed_by, figure.reviewed_on = "", None
    figure.data, figure.rendering, figure.mirrored = data, rendering, twin
    figure.save()
    return figure


def _poses_rendering(data: dict) -> Rendering:
    stored = Rendering.objects.filter(digest=kept.digest_of(data)).first()
    if stored is not None:
        return stored
    drawn = kept.drawn_ahead(data) or kept.draw(data)
    frames = [vars(frame) for frame in drawn.frames]
    defaults = {"frames": frames, "loop": drawn.loop}
    return Rendering.objects.get_or_create(digest=drawn.digest, defaults=defaults)[0]


def save_photo(figure: Figure, data: dict, jpeg: bytes) -> Figure:
    """Store a JPEG made by `exercises.media.photos`, and save the figure with it."""
    figure.kind = Figure.Kind.PHOTO
    data = {**data, "photo": hashlib.sha256(jpeg).hexdigest()}
    digest = hashlib.sha256(kept.digest_of(data).encode() + jpeg).hexdigest()
    defaults = {"frames": [photos.millimetres(jpeg)], "photo": jpeg}
    return _save(figure, data, Rendering.objects.get_or_create(digest=digest, defaults=defaults)[0])


def save_words(figure: Figure, data: dict) -> Figure:
    """Save new texts with the photo that the figure already has."""
    return save_photo(figure, data, bytes(figure.rendering.photo))


def save_by_hand(figure: Figure, data: dict, svg: str) -> Figure:
    """Store a checked SVG drawing from the repository, and save the figure with it."""
    figure.kind = Figure.Kind.BY_HAND
    data = {**data, "svg": hashlib.sha256(svg.encode()).hexdigest()}
    frame = {"width": data["width"], "height": data["height"], "svg": svg}
    rendering = Rendering.objects.get_or_create(
        digest=kept.digest_of(data), defaults={"frames": [frame]}
    )[0]
    return _save(figure, data, rendering)


def save_known(figure: Figure, kind: str, data: dict) -> Figure:
    """Save a figure whose data was checked and whose rendering is already stored."""
    figure.kind = kind
    return _save(figure, data, Rendering.objects.get(digest=kept.digest_of(data)))


def shared_keys() -> list[str]:
    """The keys of all shared figures, made from poses or drawn by hand."""
    return sorted([*keys(), *by_hand.keys()])


def shared_figure(key: str) -> Figure | None:
    """The shared figure with this key, saved anew when its file changed; None for an empty key."""
    if not key:
        return None
    figure = Figure.objects.filter(practice=None, key=key).first() or Figure(key=key)
    if by_hand.has(key):
        return save_by_hand(figure, *by_hand.load(key))
    data = load(key)
    if figure.rendering_id != kept.digest_of(data):
        save_poses(figure, data)
    return figure


def redraw() -> int:
    """Draw the figures of practices with the current renderer. Returns how many changed."""
    changed = 0
    for figure in Figure.objects.exclude(practice=None).filter(kind=Figure.Kind.POSES):
        if figure.rendering_id != kept.digest_of(figure.data):
            save_poses(figure, figure.data)
            changed += 1
    return changed
