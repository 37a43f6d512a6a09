"""What setup.cfg, the overrides and the lock say must be true and agree."""

import ast
import configparser
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).parents[2]
REQUIREMENTS = REPOSITORY / "requirements"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
NEEDED_WITHOUT_IMPORT = {
    "jsonnet": "the configs are written in it",
    "setuptools": "py-rouge, which allennlp-models imports, needs its pkg_resources",
    "torchvision": "allennlp imports it at start",
}


def requirements(text: str) -> list[Requirement]:
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [Requirement(line) for line in lines if line]


@pytest.fixture(scope="module")
def setup() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(REPOSITORY / "setup.cfg", encoding="utf-8")
    return parser


@pytest.fixture(scope="module")
def lock_text() -> str:
    return (REQUIREMENTS / "lock.txt").read_text(encoding="utf-8")


def pinned(lock_text: str, python: str) -> dict[str, str]:
    """The versions that the lock has for a Python on 64-bit Linux."""
    environment = {
        "python_version": python,
        "python_full_version": f"{python}.1",
        "sys_platform": "linux",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    return {
        canonicalize_name(pin.name): next(iter(pin.specifier)).version
        for pin in requirements(lock_text)
        if pin.marker is None or pin.marker.evaluate(environment)
    }


@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_has_all_that_setup_cfg_and_the_overrides_ask_for(
    setup: configparser.ConfigParser, lock_text: str, python: str
) -> None:
    versions = pinned(lock_text, python)
    asked = setup["options"]["install_requires"] + setup["options.extras_require"]["dev"]
    overrides = (REQUIREMENTS / "overrides.txt").read_text(encoding="utf-8")
    for requirement in requirements(asked + "\n" + overrides):
        if requirement.marker is None:
            assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)])


def test_every_line_of_the_lock_is_one_exact_version_and_names_no_place(lock_text: str) -> None:
    for pin in requirements(lock_text):
        assert re.fullmatch(r"==[^*,]+", str(pin.specifier)), pin
    assert not re.search(r"://|@|--|/root|/home|/tmp", lock_text)


def test_uv_itself_has_one_exact_version() -> None:
    (uv,) = requirements((REQUIREMENTS / "uv.txt").read_text(encoding="utf-8"))
    assert re.fullmatch(r"==[\d.]+", str(uv.specifier))


def test_every_override_has_its_reason_above_it() -> None:
    lines = (REQUIREMENTS / "overrides.txt").read_text(encoding="utf-8").splitlines()
    for above, line in zip(["", *lines], lines, strict=False):
        if line and not line.startswith("#") and not line.startswith("torchvision"):
            assert above.startswith("#"), line


def test_torch_and_torchvision_are_overridden_as_a_pair(lock_text: str) -> None:
    overrides = requirements((REQUIREMENTS / "overrides.txt").read_text(encoding="utf-8"))
    exact = {each.name: str(each.specifier) for each in overrides if "torch" in each.name}
    versions = pinned(lock_text, PYTHONS[0])
    assert exact == {name: f"=={versions[name]}" for name in ("torch", "torchvision")}


def test_the_supported_pythons_are_the_same_everywhere(setup: configparser.ConfigParser) -> None:
    supported = SpecifierSet(setup["options"]["python_requires"])
    assert [f"3.{minor}" for minor in range(9, 20) if f"3.{minor}" in supported] == list(PYTHONS)
    classifiers = re.findall(r"Python :: (3\.\d+)", setup["metadata"]["classifiers"])
    assert tuple(classifiers) == PYTHONS
    script = (REQUIREMENTS / "find_python.sh").read_text(encoding="utf-8")
    assert f'supported="{" ".join(reversed(PYTHONS))}"' in script
    assert f"Python {PYTHONS[0]} to {PYTHONS[-1]}" in script


def test_setup_cfg_lists_what_the_package_imports_and_no_more(
    setup: configparser.ConfigParser,
) -> None:
    imported = set()
    for path in (REPOSITORY / "bluelmo_plugins").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(str(node.module).partition(".")[0])
    distributions = packages_distributions()
    from_others = imported - set(sys.stdlib_module_names) - {"bluelmo_plugins"}
    needed = {canonicalize_name(distributions[module][0]) for module in from_others}
    listed = {
        canonicalize_name(requirement.name)
        for requirement in requirements(setup["options"]["install_requires"])
    }
    assert listed == needed | set(NEEDED_WITHOUT_IMPORT)
