"""The handout as one would first write it: flex boxes, drawings inline, a cell for each box."""

import re
from base64 import b64decode
from html import unescape
from urllib.parse import unquote

from patients.paper import press_child

IMAGE = re.compile(
    r'<img src="data:image/svg\+xml([^,]*),([^"]*)" alt="([^"]*)"( style="[^"]*")? />'
)
ROW = re.compile(r"(<tr.*?</th>)<td>(?:<img .*?>)</td></tr>", re.DOTALL)

CSS = """
.card .name, .card .body.beside, .card .care, .strip .frames { display: flex }
.card .name > *, .card .body.beside > div, .card .care > div, .strip .frame { display: block }
.card .name h3, .how, .rest { flex: 1 }
.online .code svg { inline-size: 26mm }
.card .code svg, .exercises .code svg { inline-size: 16mm }
svg { display: block }
.diary th:first-child { inline-size: 40mm }
.diary td { font-size: 14pt; text-align: center; border-inline-start: 0.2mm solid #ccc }
"""


def naive_page(html: str) -> str:
    """The same words and drawings as in a page of ours, with its rules inside."""
    before, diary = html.split('<section class="diary">')
    diary = re.sub(r"<colgroup>.*?</colgroup>", "", diary)
    numbers = "".join(f'<th scope="col">{day}</th>' for day in range(1, 22))
    diary = re.sub(r'<th scope="col" class="days">.*?</th>', numbers, diary, flags=re.DOTALL)
    diary = ROW.sub(lambda row: row[1] + "<td>☐ ☐</td>" * 21 + "</tr>", diary)
    page = IMAGE.sub(_inline, before + '<section class="diary">' + diary)
    return page.replace("</head>", f"<style>{press_child.stylesheet()}{CSS}</style></head>")


def _inline(image: re.Match) -> str:
    kind, data, alternative, style = image.groups()
    svg = b64decode(data).decode() if "base64" in kind else unquote(unescape(data))
    svg = re.sub(r"^<\?xml[^>]*>\s*", "", svg)
    return re.sub(
        r"^<svg([^>]*)>", rf"<svg\1{style or ''} role='img'><title>{alternative}</title>", svg
    )
