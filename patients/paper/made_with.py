"""Everything that paper is made with: when one of these changes, paper may look different.

Nothing is listed by hand but where to begin. Templates are followed by what they include and load,
modules by what they import, and libraries by what those modules import. What is named and not
there is an error, so that a file that was renamed is never left out in silence.
"""

import ast
import hashlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions, version
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.template import engines
from django.template.base import Lexer, TokenType
from django.template.loader import get_template
from django.template.loader_tags import ExtendsNode, IncludeNode

from .paper_files import ROOT, RULES, TEMPLATE

BEGIN = ("patients.paper.handout", "patients.paper.press", "patients.paper.press_child")


def number(fonts: Iterable[Path]) -> str:
    """All of it as one number. Raises FileNotFoundError or TemplateDoesNotExist."""
    files, libraries = everything(fonts)
    digest = hashlib.sha256()
    for line in sorted(f"{name} {version(name)}" for name in libraries):
        digest.update(line.encode())
    for path in sorted(files):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def everything(fonts: Iterable[Path]) -> tuple[set[Path], set[str]]:
    """The files, and the names of the libraries."""
    templates, loaded = template_files(TEMPLATE)
    modules, imported = module_files((*BEGIN, *loaded))
    files = {RULES, *fonts, *templates, *modules, *catalogues()}
    return files, libraries(imported)


def template_files(name: str) -> tuple[set[Path], set[str]]:
    """A template with all that it includes, and our modules with the tags that they load."""
    waiting, found, modules = [name], {}, set()
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        template = get_template(name).template
        found[name] = Path(template.origin.name)
        for node in template.nodelist.get_nodes_by_type((IncludeNode, ExtendsNode)):
            other = node.template if isinstance(node, IncludeNode) else node.parent_name
            if not isinstance(other.var, str):
                raise ValueError(f"{name} includes a template that is known on printing only")
            waiting.append(other.var)
        modules |= _tag_modules(template.source)
    return set(found.values()), {module for module in modules if _is_ours(module)}


def _tag_modules(source: str) -> set[str]:
    libraries = engines["django"].engine.libraries
    loads = (
        token.split_contents()[1:]
        for token in Lexer(source).tokenize()
        if token.token_type == TokenType.BLOCK and token.contents.startswith("load ")
    )
    return {libraries[name] for names in loads for name in names}


def module_files(names: Iterable[str]) -> tuple[set[Path], set[str]]:
    """Our modules with all of ours that they import, and what else is imported, by its top name."""
    waiting, found, others = list(names), {}, set()
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        path = _file_of(name)
        if path is None:
            raise FileNotFoundError(f"{name}, which makes paper, is not there")
        found[name] = path
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        for other, is_module in _imports(path, package):
            if not _is_ours(other):
                others.add(other.partition(".")[0])
            elif is_module or _file_of(other) is not None:
                waiting.append(other)
    return set(found.values()), others


def _imports(path: Path, package: str) -> Iterator[tuple[str, bool]]:
    """Full names of what a file imports; of what it takes from a module, whether it is one itself
    is unknown."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, True) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            dots = "." * node.level
            base = importlib.util.resolve_name(f"{dots}{node.module or ''}", package)
            yield base, True
            yield from ((f"{base}.{alias.name}", False) for alias in node.names)


def _file_of(name: str) -> Path | None:
    place = ROOT.joinpath(*name.split("."))
    paths = (place.with_suffix(".py"), place / "__init__.py")
    return next((path for path in paths if path.is_file()), None)


def _is_ours(name: str) -> bool:
    top = name.partition(".")[0]
    return any(config.name == top and Path(config.path).parent == ROOT for config in _apps())


def _apps():
    return apps.get_app_configs()


def catalogues() -> list[Path]:
    """The translations of every language but the one that the code is written in."""
    codes = [code for code, _name in settings.LANGUAGES if code != "en"]
    paths = [ROOT / "rugpijn/locale" / code / "LC_MESSAGES/django.po" for code in codes]
    for path in paths:
        if not path.is_file():
            raise FileNotFoundError(f"{path}, with the words of paper, is not there")
    return paths


def libraries(imported: Iterable[str]) -> set[str]:
    """The names by which libraries are installed, of what modules import."""
    names = packages_distributions()
    return {name for top in imported if top not in sys.stdlib_module_names for name in names[top]}
