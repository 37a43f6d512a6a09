"""What holds for every module, class and function of the package."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from allennlp.common import Registrable

import bluelmo_plugins

PACKAGE = Path(bluelmo_plugins.__file__).parent
REPOSITORY = PACKAGE.parent
LONGEST_FILE = 500
_FOLDERS = ("benchmarks", "bluelmo_plugins", "configs", "docs", "requirements", "study", "tests")

Documented = tuple[str, Any, Callable[..., Any]]
"""A full name, the class or function of that name, and the function that takes its arguments."""


def module_name(path: Path) -> str:
    parts = path.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def modules() -> Iterator[ModuleType]:
    return map(importlib.import_module, SOURCES)


def is_public(name: str) -> bool:
    return not any(part.startswith("_") for part in name.split("."))


def documented() -> Iterator[Documented]:
    """All public classes, methods and functions that are defined in the package."""
    for module in modules():
        for name, member in vars(module).items():
            if getattr(member, "__module__", None) != module.__name__ or not is_public(name):
                continue
            full_name = f"{module.__name__}.{name}"
            if inspect.isclass(member):
                yield full_name, member, member
                for method_name, method in vars(member).items():
                    function = getattr(method, "__func__", method)
                    if is_public(method_name) and inspect.isfunction(function):
                        yield f"{full_name}.{method_name}", function, function
            elif inspect.isfunction(member):
                yield full_name, member, member


def registrations() -> Iterator[tuple[type, str, type, str | None]]:
    """What the package registers: the base, the name, the class, and a constructor's name."""
    for base, classes in Registrable._registry.items():
        for name, (registered, constructor) in classes.items():
            if registered.__module__ in SOURCES:
                yield base, name, registered, constructor


def documented_parameters(docstring: str) -> list[str] | None:
    """The names under `# Parameters`; `None` if there is no such section."""
    _, heading, section = inspect.cleandoc(docstring).partition("# Parameters\n")
    if not heading:
        return None
    section = re.split(r"^# ", section, maxsplit=1, flags=re.MULTILINE)[0]
    # An entry is "name : `type`", or "name, name" for several arguments that are said at once.
    entries = re.findall(r"^(\*{0,2}\w+(?:, \w+)*)(?: :.*)?$", section, flags=re.MULTILINE)
    return [name for entry in entries for name in entry.split(", ")]


def arguments(function: Callable[..., Any]) -> list[str]:
    """The names of a function's arguments, with the stars of `*args` and `**kwargs`."""
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    parameters = inspect.signature(function).parameters.values()
    names = [stars.get(parameter.kind, "") + parameter.name for parameter in parameters]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def parameters_agree(docstring: str, function: Callable[..., Any]) -> bool:
    """Whether `# Parameters`, where there is one, has the arguments in order; starred may lack."""
    named = documented_parameters(docstring)
    if named is None:
        return True
    taken = arguments(function)
    return named in (taken, [name for name in taken if not name.startswith("*")])


def has_registration_line(docstring: str, base: str, name: str) -> bool:
    line = rf'Registered as an? `{base}` with name "{re.escape(name)}"'
    return re.search(line, " ".join(docstring.split())) is not None


def test_every_module_is_imported_by_the_plugin() -> None:
    # In a process of its own: in this one, tests may have imported more.
    code = "import sys, bluelmo_plugins; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert set(SOURCES) - set(result.stdout.split()) == set()


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {path.parent for path in SOURCES.values()}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


LAYERS = (
    ("errors", "atomic_write", "distributed", "vocabulary"),
    ("formats",),
    ("modules",),
    ("dataset_readers", "metrics", "models"),
    ("tasks",),
    ("scoring",),
    ("corpora",),
    ("predictors", "report"),
    ("training",),
    ("cli",),
    ("commands",),
    ("patches",),
)
"""Folders and modules of the package; each imports only those before it (how-it-works.md)."""


def test_a_folder_imports_only_folders_before_it() -> None:
    place = {name: number for number, names in enumerate(LAYERS) for name in names}
    wrong = []
    for module, path in SOURCES.items():
        own = module.split(".")[1] if "." in module else ""
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if own and isinstance(node, ast.ImportFrom) and not node.level:
                package, *names = (node.module or "").split(".")
                is_ours = package == "bluelmo_plugins" and names[0] != own
                if is_ours and place[names[0]] >= place[own]:
                    wrong.append(f"{module} imports {node.module}")
    assert wrong == []


def test_every_registered_class_says_truly_how_it_is_registered() -> None:
    wrong = [
        f'{registered.__module__}.{registered.__name__} is a `{base.__name__}` with name "{name}"'
        for base, name, registered, _ in registrations()
        if not has_registration_line(registered.__doc__ or "", base.__name__, name)
    ]
    assert wrong == []


def test_every_registration_line_is_of_a_registered_class() -> None:
    registered = {registered for _, _, registered, _ in registrations()}
    wrong = [
        name
        for name, member, _ in documented()
        if "Registered as a" in (member.__doc__ or "") and member not in registered
    ]
    assert wrong == []


def test_every_registered_class_documents_the_parameters_that_its_constructor_takes() -> None:
    def owner(registered: type, constructor: str) -> type:
        return next(parent for parent in registered.__mro__ if constructor in vars(parent))

    wrong = []
    for _, _, registered, constructor in registrations():
        # A class without a constructor of its own has the parameters of its parent.
        source = owner(registered, constructor or "__init__")
        if source.__module__ not in SOURCES or not arguments(
            getattr(source, constructor or "__init__")
        ):
            continue
        docstring = (vars(source)[constructor].__func__ if constructor else source).__doc__ or ""
        if documented_parameters(docstring) is None:
            wrong.append(f"{source.__module__}.{source.__name__}")
    assert wrong == []


def test_documented_parameters_are_the_arguments_in_order() -> None:
    wrong = [
        f"{name}: {documented_parameters(member.__doc__)}, not {arguments(function)}"
        for name, member, function in documented()
        if not parameters_agree(member.__doc__ or "", function)
    ]
    assert wrong == []


def test_every_public_module_class_and_function_has_a_docstring() -> None:
    # Read from the source: a class would otherwise pass with the docstring of its parent.
    wrong = []
    for name, path in SOURCES.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        definitions = [tree, *tree.body] if tree.body else []
        for node in definitions:
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                full_name = f"{name}.{getattr(node, 'name', '')}".rstrip(".")
                if is_public(full_name) and not ast.get_docstring(node):
                    wrong.append(full_name)
    assert wrong == []


def test_no_file_is_too_long_to_read_or_has_work_left_in_it() -> None:
    wrong = []
    for folder in _FOLDERS:
        for path in sorted((REPOSITORY / folder).rglob("*")):
            if path.suffix not in (".py", ".jsonnet", ".libsonnet", ".sh"):
                continue
            text = path.read_text(encoding="utf-8")
            length = text.count("\n")
            if length > LONGEST_FILE:
                wrong.append(f"{path.relative_to(REPOSITORY)}: {length} lines")
            wrong += [
                f"{path.relative_to(REPOSITORY)}: {mark}"
                for mark in re.findall(r"(?:#|//).*\b(TO[D]O|FIX[M]E|XX[X])\b", text)
            ]
    assert wrong == []


class TestTheChecksThemselves:
    DOCSTRING = """
    Does it.

    Registered as an
    `Example` with name "x.y".

    # Parameters

    size : `int`
        Number of them. Not a parameter : `this`.
    **kwargs : `Any`
        More.

    # Returns

    result : `int`
    """

    def test_a_registration_line_with_another_base_or_name_is_not_true(self) -> None:
        assert has_registration_line(self.DOCSTRING, "Example", "x.y")
        assert not has_registration_line(self.DOCSTRING, "Other", "x.y")
        assert not has_registration_line(self.DOCSTRING, "Example", "xzy")
        assert not has_registration_line(self.DOCSTRING, "Example", "x")

    def test_parameters_are_those_of_their_section_alone(self) -> None:
        assert documented_parameters(self.DOCSTRING) == ["size", "**kwargs"]
        assert documented_parameters("Does it.") is None

    @pytest.mark.parametrize(
        ("function", "agrees"),
        [
            (lambda self, size, **kwargs: None, True),
            (lambda size, **kwargs: None, True),
            (lambda size: None, False),
            (lambda number, **kwargs: None, False),
            (lambda size, more, **kwargs: None, False),
            (lambda more, size, **kwargs: None, False),
        ],
    )
    def test_parameters_must_be_the_arguments(
        self, function: Callable[..., Any], agrees: bool
    ) -> None:
        assert parameters_agree(self.DOCSTRING, function) == agrees

    def test_starred_arguments_need_no_entry(self) -> None:
        docstring = self.DOCSTRING.replace("**kwargs :", "")
        assert parameters_agree(docstring, lambda size, *args, **kwargs: None)
