"""`template.yaml` as the tests read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).parents[2]
TEXT = (PROJECT / "template.yaml").read_text(encoding="utf-8")


class _Loader(yaml.SafeLoader):
    """Reads `!Ref X` and the like as {"!Ref": "X"}."""


def _tagged(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        return {f"!{suffix}": loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {f"!{suffix}": loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {f"!{suffix}": loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _tagged)
TEMPLATE: Mapping[str, Any] = yaml.load(TEXT, Loader=_Loader)  # noqa: S506 - a safe loader
RESOURCES: Mapping[str, Any] = TEMPLATE["Resources"]


def of_type(kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, resource in RESOURCES.items():
        if resource["Type"] == kind:
            yield name, resource.get("Properties", {})


def statements() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What every function, and the project of CodeBuild, may do."""
    for name, role in of_type("AWS::IAM::Role"):
        for policy in role["Policies"]:
            for statement in chosen(policy["PolicyDocument"]["Statement"]):
                yield name.removesuffix("Role"), statement


def chosen(found: list[Any]) -> Iterator[Mapping[str, Any]]:
    """The statements of a list, those of either branch of a condition included."""
    for one in found:
        branches = one["!If"][1:] if "!If" in one else [one]
        yield from (branch for branch in branches if "!Ref" not in branch)
