"""Every code that anything raises has its words, and every value that words need is given."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from build_scripts import view_words
from suishou import wording
from suishou.domain import errors
from suishou.domain.apply_event import APPLY
from suishou.domain.case import ENDS
from suishou.domain.programme import CLOCKS, Steps
from suishou.domain.transitions import ORDER, transitions
from suishou.wording_refusals import REFUSALS

PACKAGE = Path(__file__).parents[2] / "functions" / "suishou"
SOURCES = sorted(PACKAGE.rglob("*.py"))


def refusal_names() -> set[str]:
    """Every class below `Refused`, those that services add included."""
    names = {
        n for n, c in vars(errors).items() if isinstance(c, type) and issubclass(c, errors.Refused)
    }
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.ClassDef)
                and {b.id for b in node.bases if isinstance(b, ast.Name)} & names
            ):
                names.add(node.name)
    return names


def raised_codes(path: Path, names: set[str]) -> Iterator[str]:
    """The codes of a module: literal, chosen between two, or handed to the function that raises."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    for function in functions:
        for call in calls(function, names):
            first = call.args[0] if call.args else None
            yield from constants(first)
            if not isinstance(first, ast.Name):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Assign) and first.id in {
                    t.id for t in node.targets if isinstance(t, ast.Name)
                }:
                    yield from constants(node.value)
            parameters = [a.arg for a in function.args.args]
            if first.id in parameters:
                position = parameters.index(first.id)
                for caller in calls(tree, {function.name}):
                    yield from constants(
                        caller.args[position] if position < len(caller.args) else None
                    )
                for caller in calls(tree, {function.name}):
                    yield from (
                        c for k in caller.keywords if k.arg == first.id for c in constants(k.value)
                    )


def calls(tree: ast.AST, names: set[str]) -> list[ast.Call]:
    found = (n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name))
    return [call for call in found if isinstance(call.func, ast.Name) and call.func.id in names]


def constants(node: ast.expr | None) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from constants(node.body)
        yield from constants(node.orelse)


def test_every_code_that_is_raised_has_words_in_both_languages() -> None:
    names = refusal_names()
    raised = {code for path in SOURCES for code in raised_codes(path, names)}
    assert {"unknown_category", "not_enough_points", "wrong_stage", "unknown_community"} <= raised
    assert sorted(raised - REFUSALS.keys()) == []


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_words_are_whole_sentences_in_each_language(code: str) -> None:
    chinese, english = REFUSALS[code]
    assert chinese.endswith("。")
    assert english.endswith(".")
    assert any("\u4e00" <= character <= "\u9fff" for character in chinese)
    assert english.isascii()
    fields = [{f for _, f, _, _ in string.Formatter().parse(w) if f} for w in (chinese, english)]
    assert fields[0] == fields[1] or code == "outside_county"


def test_a_limit_is_told_whatever_its_error_calls_it() -> None:
    for name in ("most", "at_most", "characters_max"):
        assert "2000" in wording.message("too_long", "zh", {name: 2000})


def test_a_value_that_is_missing_leaves_no_braces() -> None:
    assert "{" not in wording.message("too_long", "en", {})
    assert "strange" in wording.message("strange", "en", {})


def test_the_site_and_the_api_use_the_same_words() -> None:
    for ours, theirs in (
        (wording.STAGES, view_words.STAGES),
        (wording.EVENTS, view_words.EVENTS),
        (wording.CLOCKS, view_words.CLOCKS),
    ):
        assert {code: ours[code][0] for code in theirs} == theirs


def test_every_stage_event_and_clock_has_its_name() -> None:
    rows = transitions(Steps()).values()
    assert {*ORDER, *ENDS, *(s for row in rows for s in row.sources)} <= wording.STAGES.keys()
    assert {"reported", *APPLY, *(row.event for row in rows)} <= wording.EVENTS.keys()
    assert set(CLOCKS) == wording.CLOCKS.keys()
