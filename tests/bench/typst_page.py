"""The handout for typst: the same words, drawings and order, from a page of ours."""

import re
from base64 import b64decode
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import unquote

HEADINGS = {"h1": 1, "h2": 2, "h3": 3}
SIDE_BY_SIDE = set(
    """
    frames beside online row care first last head owner abreast invitation facts name
    """.split()
)
ITEM = {"ol": "+", "ul": "-"}
START = """
#set document(title: "Lage rugpijn", author: "Fysiotherapie De Linde", date: none)
#set page(paper: "a4", margin: (x: 20mm, y: 15mm), footer: context [#counter(page).display()])
#set text(lang: "nl", font: ("Atkinson Hyperlegible", "DejaVu Sans"), size: 10pt)
#set par(leading: 0.45em, spacing: 0.7em)
#set table(stroke: 0.5pt + gray, inset: 0pt)
"""


@dataclass
class Open:
    """An element that has begun: how it ends, and where in the source it began."""

    end: str
    grid: bool
    place: int
    children: int = 0


class TypstPage(HTMLParser):
    """`source` and `inputs` for typst.compile()."""

    def __init__(self, html: str):
        super().__init__()
        self.out, self.inputs, self.ends, self.lists = [START], {}, [], []
        self.feed(re.search(r"(?s)<body.*?(<h1.*)</body>", html)[1])
        self.source = "".join(self.out)

    def handle_startendtag(self, tag, attributes):
        if tag == "img":
            self.image(dict(attributes))

    def handle_starttag(self, tag, attributes):
        names = set((dict(attributes).get("class") or "").split())
        begin, end = "", ""
        if tag in HEADINGS:
            begin, end = f"#heading(level: {HEADINGS[tag]})[", "]\n"
        elif tag in ITEM:
            self.lists.append(ITEM[tag])
            begin, end = "\n", "\n"
        elif tag == "li":
            begin, end = f"\n{self.lists[-1]} #[", "]"
        elif tag == "p":
            begin, end = "#block[", "]\n"
        elif tag == "table":
            begin, end = "#table(columns: (40mm, 1fr),", ")\n"
        elif tag == "thead":
            begin, end = "table.header(", "),"
        elif tag in ("td", "th"):
            begin, end = "[", "],"
        elif tag == "div" and "card" in names:
            begin, end = "#block(breakable: false, width: 100%)[", "]\n"
        elif tag == "div" and names & SIDE_BY_SIDE:
            begin, end = "#grid(columns: COLUMNS, column-gutter: 2mm,", ")\n"
        grid = self.ends and self.ends[-1].grid
        if grid:
            self.ends[-1].children += 1
            begin, end = f"[{begin}", f"{end}],"
        self.ends.append(Open(end, "#grid" in begin, len(self.out)))
        self.out.append(begin)

    def handle_endtag(self, tag):
        if tag in ITEM:
            self.lists.pop()
        done = self.ends.pop()
        self.out.append(done.end)
        if done.grid:
            columns = f"(1fr,) * {done.children}"
            self.out[done.place] = self.out[done.place].replace("COLUMNS", columns)

    def handle_data(self, data):
        if data.strip():
            words = re.sub(r"\s+", " ", data).replace("\\", "\\\\").replace('"', '\\"')
            if not self.ends[-1].grid:
                self.out.append(f'#"{words}";')

    def image(self, given):
        head, data = given["src"].split(",", 1)
        svg = b64decode(data).decode() if head.endswith("base64") else unquote(data)
        key = f"i{len(self.inputs)}"
        self.inputs[key] = svg
        size = re.search(r"inline-size: ([\d.]+)mm", given.get("style") or "")
        width = f"{size[1]}mm" if size else "100%" if 'z"' in svg or "h4.2" in svg else "16mm"
        alternative = given["alt"].replace('"', "'")
        self.out.append(
            f'#image(bytes(sys.inputs.{key}), format: "svg", width: {width}, alt: "{alternative}")'
        )
