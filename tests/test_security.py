"""The page about security has every row, and every test that it names is there."""

from __future__ import annotations

import ast
import re

import pytest

from studio.settings import PROJECT

PAGE = (PROJECT / "docs" / "security.md").read_text("utf-8")
ROWS: dict[int, str] = {int(number): row for number, row in re.findall(r"^\| (\d+) \|(.*)$", PAGE, re.MULTILINE)}
NODE = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
PROMISED = {*range(1, 22), *range(23, 37)}


def functions_of(path: str) -> set[str]:
    """Names of the test functions in a file."""
    tree = ast.parse((PROJECT / path).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_promised_attack_has_its_row() -> None:
    assert PROMISED - set(ROWS) == set()


@pytest.mark.parametrize("number", sorted(PROMISED))
def test_a_row_names_the_tests_that_try_it(number: int) -> None:
    assert NODE.search(ROWS[number])


@pytest.mark.parametrize("path", sorted({path for path, _ in NODE.findall(PAGE)}))
def test_every_test_that_is_named_exists(path: str) -> None:
    named = {name for each, name in NODE.findall(PAGE) if each == path}

    assert named - functions_of(path) == set()
    assert all(name.startswith("test_") for name in named)


def test_whatever_looks_like_a_test_is_one() -> None:
    assert len(re.findall(r"tests/[\w/.]+::", PAGE.replace("pytest tests/", ""))) == len(NODE.findall(PAGE))
