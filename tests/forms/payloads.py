"""Texts that would be something else than a text where they are not escaped.

`ZQX` stands in each of them: an element, an attribute or a script that has it in a page was made
by what somebody typed. Every column that holds words gets them, also columns of tomorrow: what is
no text for people is named in MACHINE.
"""

import json
import re

import tinyhtml5
from django.apps import apps
from django.db import models

ZQX = "zqx"
CORPUS = (
    "<zqx>",
    "<b id=zqx>",
    "</p><zqx>",
    '"zqx="',
    "'zqx='",
    '"><zqx>',
    "'><zqx>",
    "`zqx=`",
    "<script>zqx()</script>",
    "<SCRIPT>zqx()</SCRIPT>",
    "<script/src=//zqx.example></script>",
    "</script><script>zqx()</script>",
    "</ScRiPt ><zqx>",
    "<scr<script>ipt>zqx()</script>",
    "<img src=x onerror=zqx()>",
    "<img/src/onerror=zqx()>",
    '"><img src=x onerror=zqx()>',
    "<img src=//zqx.example/x.png>",
    "<img src=x:x onerror=alert('zqx')>",
    "<IMG SRC=x ONERROR=zqx()>",
    "<svg onload=zqx()>",
    "<svg/onload=zqx()>",
    "<svg><script>zqx()</script></svg>",
    "<svg><a xlink:href=javascript:zqx()>x</a>",
    "<svg><animate onbegin=zqx() attributeName=x>",
    "<svg><set attributeName=onmouseover to=zqx()>",
    "<svg><use href=//zqx.example/#x>",
    "<body onload=zqx()>",
    "<input autofocus onfocus=zqx()>",
    "<select autofocus onfocus=zqx()>",
    "<details open ontoggle=zqx()>",
    "<video><source onerror=zqx()>",
    "<audio src=x onerror=zqx()>",
    "<iframe src=javascript:zqx()>",
    "<iframe srcdoc='<script>zqx()</script>'>",
    "<object data=javascript:zqx()>",
    "<embed src=//zqx.example>",
    "<math><mi//zqx href=x>",
    "<a href=javascript:zqx()>x</a>",
    "<a href='jav&#x09;ascript:zqx()'>x</a>",
    "<a href=data:text/html,zqx>x</a>",
    "<a href=vbscript:zqx()>x</a>",
    "<form action=//zqx.example><input name=zqx>",
    "<button formaction=javascript:zqx()>x",
    "<base href=//zqx.example>",
    "<meta http-equiv=refresh content='0;url=//zqx.example'>",
    "<link rel=stylesheet href=//zqx.example>",
    "<link rel=attachment href=file:///etc/passwd zqx>",
    "<style>@import '//zqx.example';</style>",
    "<style>zqx{background:url(//zqx.example)}</style>",
    "<p style=background:url(//zqx.example)>",
    "<xss style=animation-name:x onanimationstart=zqx()>",
    "<template><zqx></template>",
    "<noscript><p title='</noscript><zqx>'>",
    "<textarea></textarea><zqx>",
    "</textarea><zqx>",
    "</title><zqx>",
    "</option></select><zqx>",
    "</style><zqx>",
    "--><zqx>",
    "<!--<zqx>",
    "<![CDATA[<zqx>]]>",
    "<?zqx?>",
    "{{ 7|zqx }}",
    "{% zqx %}",
    "${zqx}",
    "%3Czqx%3E",
    "&lt;zqx&gt;",
    "&#60;zqx&#62;",
    "\\u003czqx\\u003e",
    "\\x3czqx\\x3e",
    "<\u200bzqx>",
    "＜zqx＞",
    "javascript:zqx()",
    "JaVaScRiPt:zqx()",
    "data:text/html,<script>zqx()</script>",
    "//zqx.example/",
    "'-zqx()-'",
    '"-zqx()-"',
    "';zqx();//",
    "</script><!--<script>zqx",
    "=zqx|'/C calc'!A0",
    "@zqx",
    "+zqx",
    "-zqx",
    "\u202ezqx",
    "<zqx\tx=1>",
    "<zqx/x>",
)

# Columns that hold no words of people: keys, hashes, numbers in letters, names of files of ours.
MACHINE = set(
    """
    rugpijn.AccessEvent rugpijn.OneTimeCode exercises.Rendering patients.StoredHandout
    patients.CalendarLink patients.Version.content patients.Version.digest
    rugpijn.TrustedDevice.token_hash rugpijn.LoginSession.session_key
    rugpijn.LoginSession.session_data rugpijn.KeptForm.content rugpijn.Practice.logo
    rugpijn.Practice.colour rugpijn.User.password rugpijn.AccessChange.roles
    rugpijn.User.login_code rugpijn.StaffInvitation.token_hash
    patients.PatientInvitation.token_hash patients.PatientInvitation.code_hash
    exercises.Figure.key exercises.Exercise.key exercises.Protocol.key
    exercises.Exercise.loaded_digest exercises.Protocol.loaded_digest exercises.Film.digest
    exercises.Film.poster exercises.Film.captions exercises.LibraryImport.counts
    patients.Batch.variant patients.SymptomAnswer.symptoms patients.SeenMark.reason
    patients.SeenMark.occasion patients.ReminderPlan.days
    """.split()
)
WORDS_IN_JSON = {"title", "caption", "captions", "alternative", "words", "value", "nl", "en"}


def payload(number: int, length: int | None, unique: str = "") -> str:
    """As much of the corpus as a column takes, beginning at another place each time."""
    if length is None:
        return " ".join(CORPUS) + unique
    turned = [*CORPUS[number % len(CORPUS) :], *CORPUS[: number % len(CORPUS)]]
    text = ""
    for one in turned:
        if len(text) + len(one) + 1 <= length - len(unique):
            text = f"{text} {one}" if text else one
    return (text or "<zqx"[: length - len(unique)]) + unique


def poison() -> set[str]:
    """Write them in every column of words of every row; says which columns have them now."""
    written, number = set(), 0
    for label in ("rugpijn", "exercises", "patients"):
        for model in apps.get_app_config(label).get_models():
            if model._meta.label in MACHINE:
                continue
            for field in model._meta.concrete_fields:
                column = f"{model._meta.label}.{field.name}"
                words = isinstance(field, (models.CharField, models.TextField, models.JSONField))
                if not words or field.choices or column in MACHINE or field.primary_key:
                    continue
                for pk in model._base_manager.values_list("pk", flat=True):
                    number += 7
                    rows = model._base_manager.filter(pk=pk)
                    if isinstance(field, models.JSONField):
                        value = with_payloads(rows.values_list(field.name, flat=True)[0])
                    else:
                        unique = f"-{pk}" if field.unique else ""
                        value = payload(number, field.max_length, unique)
                    rows.update(**{field.name: value})
                    written.add(column)
    return written


def with_payloads(value, is_words=False):
    """The same JSON, with its words replaced."""
    if isinstance(value, dict):
        return {k: with_payloads(v, is_words or k in WORDS_IN_JSON) for k, v in value.items()}
    if isinstance(value, list):
        return [with_payloads(one, is_words) for one in value]
    return payload(len(value), 200) if is_words and isinstance(value, str) else value


# A style on paper: a number, or lines that are drawn.
OURS = re.compile(r"(?:(?!zqx|url).)*|background-image: url\(data:image/svg\S+")
ADDRESSES = ("href", "src", "action", "formaction", "data", "xlink:href", "poster", "srcset")
RUNS = re.compile(r"\s*(javascript|vbscript|data:text|file:|//)", re.IGNORECASE)


def born(html: str, *, paper: bool = False) -> list[str]:
    """What of a page was made by a text: elements, attributes, scripts and addresses.

    Paper has styles of its own in its elements; a page for a browser has none.
    """
    found = []
    for element in tinyhtml5.parse(html, namespace_html_elements=False).iter():
        if not isinstance(element.tag, str):
            continue  # a comment
        names = {str(name).lower() for name in element.attrib}
        made = ZQX in element.tag or any(ZQX in name or name.startswith("on") for name in names)
        made |= element.attrib.get("id") == ZQX or "srcdoc" in names
        style = element.attrib.get("style")
        made |= style is not None and not (paper and OURS.fullmatch(style))
        addresses = [element.attrib.get(name, "") for name in ADDRESSES]
        made |= any(RUNS.match(address) for address in addresses)
        kind = element.attrib.get("type", "")
        if element.tag == "script" and element.text and kind == "application/json":
            json.loads(element.text)
        elif element.tag in ("script", "style"):
            made |= ZQX in (element.text or "")
        made |= element.tag in ("base", "embed", "object", "math")
        if made:
            found.append(f"<{element.tag} {element.attrib}>"[:300])
    return found


QUERIES = [
    "q='",
    "q=%00",
    "q=" + "x" * 5000,
    "q=99999999999999999999",
    "o=1.1,x",
    "o=-99",
    "p=abc",
    "p=-1",
    "all=",
    "_popup=1",
    "_to_field=user__password",
    "patient__name__startswith=P",
    "user__password__startswith=p",
    "_connector=OR",
    "e=1",
    "practice__name=x",
    "category=x%00",
]
