"""The files and libraries that paper is made with. When one of them changes, paper may look
different, and a kept PDF that was never handed out is made again.

Only the places to begin are listed by hand. From there the includes and tag libraries of templates
are followed, and the imports of modules. A name without a file is an error, so that a file that
was renamed cannot be left out unnoticed.
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


def digest(fonts: Iterable[Path]) -> str:
    """A digest of all files and of the versions of all libraries.

    Raises FileNotFoundError or TemplateDoesNotExist.
    """
    files, libraries = everything(fonts)
    sha = hashlib.sha256()
    for line in sorted(f"{name} {version(name)}" for name in libraries):
        sha.update(line.encode())
    for path in sorted(files):
        sha.update(str(path.relative_to(ROOT)).encode())
        sha.update(path.read_bytes())
    return sha.hexdigest()


def everything(fonts: Iterable[Path]) -> tuple[set[Path], set[str]]:
    """The files that paper is made with, and the names of the libraries."""
    templates, loaded = template_files(TEMPLATE)
    modules, imported = module_files((*BEGIN, *loaded))
    files = {RULES, *fonts, *templates, *modules, *catalogues()}
    return files, libraries(imported)


def template_files(name: str) -> tuple[set[Path], set[str]]:
    """The files of a template and of all that it includes, and our modules of tags they load."""
    waiting, files, modules = [name], {}, set()
    while waiting:
        name = waiting.pop()
        if name in files:
            continue
        template = get_template(name).template
        files[name] = Path(template.origin.name)
        for node in template.nodelist.get_nodes_by_type((IncludeNode, ExtendsNode)):
            other = node.template if isinstance(node, IncludeNode) else node.parent_name
            if not isinstance(other.var, str):
                raise ValueError(f"{name} includes a template whose name is a variable")
            waiting.append(other.var)
        modules |= _tag_modules(template.source)
    return set(files.values()), {module for module in modules if _is_ours(module)}


def _tag_modules(source: str) -> set[str]:
    libraries = engines["django"].engine.libraries
    loads = (
        token.split_contents()[1:]
        for token in Lexer(source).tokenize()
        if token.token_type == TokenType.BLOCK and token.contents.startswith("load ")
    )
    return {libraries[name] for names in loads for name in names}


def module_files(names: Iterable[str]) -> tuple[set[Path], set[str]]:
    """The files of these modules and of all modules of ours that they import, and the top names of
    the other modules that are imported."""
    waiting, files, others = list(names), {}, set()
    while waiting:
        name = waiting.pop()
        if name in files:
            continue
        path = _file_of(name)
        if path is None:
            raise FileNotFoundError(f"{name}, which makes paper, is not there")
        files[name] = path
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        for other, is_module in _imports(path, package):
            if not _is_ours(other):
                others.add(other.partition(".")[0])
            elif is_module or _file_of(other) is not None:
                waiting.append(other)
    return set(files.values()), others


def _imports(path: Path, package: str) -> Iterator[tuple[str, bool]]:
    """The full names that a file imports, each with True when it is certainly a module. A name
    taken from a module may be a module itself or not."""
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
    configs = apps.get_app_configs()
    return any(config.name == top and Path(config.path).parent == ROOT for config in configs)


def catalogues() -> list[Path]:
    """The files with translations, of every language but English, in which the code is written."""
    codes = [code for code, _name in settings.LANGUAGES if code != "en"]
    paths = [ROOT / "rugpijn/locale" / code / "LC_MESSAGES/django.po" for code in codes]
    for path in paths:
        if not path.is_file():
            raise FileNotFoundError(f"{path}, with the words of paper, is not there")
    return paths


def libraries(imported: Iterable[str]) -> set[str]:
    """The installed libraries that these top names of modules belong to."""
    names = packages_distributions()
    return {name for top in imported if top not in sys.stdlib_module_names for name in names[top]}
