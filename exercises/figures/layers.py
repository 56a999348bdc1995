"""One path of the drawing, from far to near, and how it becomes SVG."""

from dataclasses import dataclass

from .field import Field
from .outline import curves_text, field_text, fit_line, whole


@dataclass
class Layer:
    """A filled shape (`field`), an open line (`line`) or a round dot (x, y, radius).

    `pen` is the colour and width of the line; None is the outline of the body, "" no line.
    """

    name: str
    fill: str = "none"
    field: Field | None = None
    line: list | None = None
    dot: tuple[float, float, float] | None = None
    pen: tuple[str, float] | str | None = None

    def path(self) -> str:
        if self.dot:
            x, y, radius = self.dot
            r = max(2, whole(radius))
            return f"M{whole(x) - r} {whole(-y)}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0-{2 * r} 0z"
        if self.line:
            return curves_text(fit_line(self.line), closed=False)
        return field_text(self.field)

    def attributes(self) -> str:
        text = f' fill="{self.fill}"'
        if self.pen == "":
            text += ' stroke="none"'
        elif self.pen:
            colour, width = self.pen
            text += f' stroke="{colour}" stroke-width="{whole(width)}"'
        return text

    def svg(self) -> str:
        path = self.path()
        return f'<path d="{path}"{self.attributes()}/>' if path else ""
