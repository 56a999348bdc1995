"""The acts that the source writes in the access log, read from its calls."""

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
APPS = ("rugpijn", "exercises", "patients")
# Which argument of a call is the act.
WRITERS = {"audit.record": 1, "audit.deny": 1, "audit.record_by_system": 0}


@cache
def trees() -> dict[Path, ast.Module]:
    files = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]
    return {path: ast.parse(path.read_text()) for path in files if "migrations" not in path.parts}


def acts_of(tree: ast.Module) -> tuple[set[str], list[str]]:
    """The acts that a module writes, and the calls of which no act is found in the source."""
    found, unclear, writers = set(), [], WRITERS | _of_other_modules() | _passed_on(tree)
    parameters = {name for function in _functions(tree) for name in _names(function)}
    named = [word.value for call in _calls(tree) for word in call.keywords if word.arg == "act"]
    named += [default for one in _functions(tree) for default in _defaults_of_act(one)]
    for value in named:
        found |= _constants(value, _assigned(tree))
    for call in _calls(tree):
        place = writers.get(ast.unparse(call.func))
        if place is None or place >= len(call.args):
            continue
        argument = call.args[place]
        acts = _constants(argument, _assigned(tree))
        if not acts and not (isinstance(argument, ast.Name) and argument.id in parameters):
            unclear.append(ast.unparse(call))
        found |= acts
    return found, unclear


@cache
def _of_other_modules() -> dict[str, int]:
    """Functions that other modules import by name."""
    found = [passed for tree in trees().values() for passed in _passed_on(tree).items()]
    return {name: place for name, place in found if not name.startswith("_")}


def _passed_on(tree) -> dict[str, int]:
    """Functions of a module that pass one of their arguments on as the act, and which one."""
    return {
        function.name: _names(function).index(call.args[place].id)
        for function in _functions(tree)
        for call in _calls(function)
        if (place := WRITERS.get(ast.unparse(call.func))) is not None
        and isinstance(call.args[place], ast.Name)
        and call.args[place].id in _names(function)
    }


def _defaults_of_act(function) -> list[ast.expr]:
    """The act that a function writes when its caller names none."""
    arguments = function.args.args[-len(function.args.defaults) :]
    pairs = zip(arguments, function.args.defaults, strict=False)
    return [default for argument, default in pairs if argument.arg == "act"]


def _constants(node, assigned) -> set[str]:
    """The texts that an expression can be, where it is written as texts and names of texts."""
    if isinstance(node, ast.IfExp):
        return _constants(node.body, assigned) | _constants(node.orelse, assigned)
    if isinstance(node, ast.Name):
        return assigned.get(node.id, set())
    if isinstance(node, ast.Attribute):
        module = ast.unparse(node.value)
        named = [_assigned(tree) for path, tree in trees().items() if path.stem == module]
        places = named or [_class_attributes(tree) for tree in trees().values()]
        return set().union(*(texts.get(node.attr, set()) for texts in places))
    return _texts(node)


def _texts(node) -> set[str]:
    """One text, or two with a condition."""
    if isinstance(node, ast.IfExp):
        return _texts(node.body) | _texts(node.orelse)
    text = node.value if isinstance(node, ast.Constant) else None
    return {text} if isinstance(text, str) else set()


@cache
def _class_attributes(tree) -> dict[str, set[str]]:
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    return _assigned(
        ast.Module(
            [node for one in classes for node in one.body if isinstance(node, ast.Assign)], []
        )
    )


@cache
def _assigned(tree) -> dict[str, set[str]]:
    """By name, the texts that a module assigns to it."""
    texts = defaultdict(set)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = zip(target.elts, node.value.elts, strict=True)
            for name, value in pairs:
                if isinstance(name, ast.Name):
                    texts[name.id] |= _texts(value)
    return texts


def _functions(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def _calls(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def _names(function) -> list[str]:
    return [argument.arg for argument in function.args.args]
