"""From figures to pictures: rendered once, kept by digest, read as a value.

`Picture` is what a page or a paper needs to know of a figure. It is frozen with the programme and
names its rendering by digest, so nothing here is asked again when a version is read.

What stands in `Figure.data`, by kind:

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
from .models import FALLBACK, Figure, Rendering


@dataclass(frozen=True)
class Frame:
    """One picture: what stands under it, what stands in its place, and its size in mm."""

    caption: str
    alternative: str
    width: float
    height: float


@dataclass(frozen=True)
class Picture:
    """A figure as a reader sees it, in one language and for one side of the body.

    `source` is the digest of what was drawn, whatever renderer drew it: an upgrade of the app
    that draws more finely has another `digest` and the same source.
    """

    digest: str
    source: str
    title: str
    frames: tuple[Frame, ...]
    kind: str = Figure.Kind.POSES
    side: str = ""  # the patient's side that it shows: left, right or neither
    loop: bool = False

    @classmethod
    def of(cls, figure: Figure, language: str, side: str = "") -> "Picture":
        """`side` is the one that is prescribed; "" and "each" take the figure as it is."""
        data, rendering = figure.data, figure.rendering
        if figure.mirrored is not None and side in ("left", "right") and side != data["side"]:
            data, rendering = mirrored(data), figure.mirrored
        with translation.override(language):
            frames = tuple(_frames(figure.kind, data, rendering, language))
        return cls(
            digest=rendering.digest,
            source=kept.digest_of(data, renderer=0),
            title=_said(data["title"], language),
            frames=frames,
            kind=figure.kind,
            side=data.get("side", ""),
            loop=bool(rendering.loop),
        )

    @classmethod
    def from_json(cls, content: dict | None) -> "Picture | None":
        """From what `dataclasses.asdict` made of it."""
        if content is None:
            return None
        return cls(**{**content, "frames": tuple(Frame(**frame) for frame in content["frames"])})

    def words(self) -> list[str]:
        return [frame.caption for frame in self.frames if frame.caption]


def _frames(kind: str, data: dict, rendering: Rendering, language: str) -> Iterable[Frame]:
    title = _said(data["title"], language)
    if kind != Figure.Kind.POSES:
        (size,) = rendering.frames
        caption, alternative = (
            _said(data.get(n, {}), language) for n in ("caption", "alternative")
        )
        yield Frame(caption, alternative, size["width"], size["height"])
        return
    count = len(data["strip"])
    for number, (frame, size) in enumerate(zip(data["strip"], rendering.frames, strict=True), 1):
        alternative = title
        if count > 1:
            alternative = _("%(title)s, drawing %(number)d of %(count)d") % {
                "title": title, "number": number, "count": count,
            }  # fmt: skip
        yield Frame(_said(frame["caption"], language), alternative, size["width"], size["height"])


def _said(texts: dict, language: str) -> str:
    return texts.get(language) or texts.get(FALLBACK, "")


# Making and keeping.


def draw_ahead(data: dict) -> None:
    """Draw and keep what `save_poses` will ask for. Takes seconds, so before a transaction."""
    _poses_rendering(data)
    if "side" in data:
        _poses_rendering(mirrored(data))


def save_poses(figure: Figure, data: dict) -> Figure:
    """Draw checked data, keep the pictures, and save the figure with them."""
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
    found = Rendering.objects.filter(digest=kept.digest_of(data)).first()
    if found is not None:
        return found
    drawn = kept.drawn_ahead(data) or kept.draw(data)
    frames = [vars(frame) for frame in drawn.frames]
    defaults = {"frames": frames, "loop": drawn.loop}
    return Rendering.objects.get_or_create(digest=drawn.digest, defaults=defaults)[0]


def save_photo(figure: Figure, data: dict, jpeg: bytes) -> Figure:
    """Keep a photo that `exercises.media.photos` made, and save the figure with it."""
    figure.kind = Figure.Kind.PHOTO
    data = {**data, "photo": hashlib.sha256(jpeg).hexdigest()}
    digest = hashlib.sha256(kept.digest_of(data).encode() + jpeg).hexdigest()
    made = {"frames": [photos.millimetres(jpeg)], "photo": jpeg}
    return _save(figure, data, Rendering.objects.get_or_create(digest=digest, defaults=made)[0])


def save_words(figure: Figure, data: dict) -> Figure:
    """Other words about the photo that is there."""
    return save_photo(figure, data, bytes(figure.rendering.photo))


def save_by_hand(figure: Figure, data: dict, svg: str) -> Figure:
    """Keep a checked drawing from the repository, and save the figure with it."""
    figure.kind = Figure.Kind.BY_HAND
    data = {**data, "svg": hashlib.sha256(svg.encode()).hexdigest()}
    frame = {"width": data["width"], "height": data["height"], "svg": svg}
    rendering = Rendering.objects.get_or_create(
        digest=kept.digest_of(data), defaults={"frames": [frame]}
    )[0]
    return _save(figure, data, rendering)


def save_known(figure: Figure, kind: str, data: dict) -> Figure:
    """A figure of what was checked and kept here before."""
    figure.kind = kind
    return _save(figure, data, Rendering.objects.get(digest=kept.digest_of(data)))


def shared_keys() -> list[str]:
    """Every figure of the library: those of poses, and those drawn by hand."""
    return sorted([*keys(), *by_hand.keys()])


def shared_figure(key: str) -> Figure | None:
    """The library's figure with this key, as its file says today; None for no key."""
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
    """Draw what practices made with the renderer of today. Returns how many changed."""
    changed = 0
    for figure in Figure.objects.exclude(practice=None).filter(kind=Figure.Kind.POSES):
        if figure.rendering_id != kept.digest_of(figure.data):
            save_poses(figure, figure.data)
            changed += 1
    return changed
