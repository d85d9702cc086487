"""`make deploy` asks once, remembers, and gives every parameter every time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from deploy import deploy
from tests.deploy.stack_template import TEMPLATE


def asked(*words: str) -> dict[str, str]:
    return deploy._answers(deploy._parser().parse_args(words))


@pytest.fixture
def remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(deploy, "ANSWERS", tmp_path / "build" / "deploy.json")
    return tmp_path / "build" / "deploy.json"


def test_every_parameter_of_the_template_is_asked_for_and_none_is_left_to_its_default() -> None:
    given = {one["ParameterKey"]: one["ParameterValue"] for one in deploy.parameters({})}
    assert given.keys() == TEMPLATE["Parameters"].keys()
    for name, parameter in TEMPLATE["Parameters"].items():
        assert given[name] == str(parameter["Default"])


def test_what_was_answered_once_holds_until_it_is_answered_anew(
    remembered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["county", "us-east-1", *[""] * 20])
    monkeypatch.setattr("builtins.input", lambda words: next(answers))
    first = asked("--domain", "site.example.org")
    assert (first["stack"], first["region"], first["hosting"]) == ("county", "us-east-1", "yes")
    monkeypatch.setattr("builtins.input", lambda words: pytest.fail("asked again"))
    later = asked("--nightly-image", "suishou-nightly:2")
    assert later == {**first, "nightly_image": "suishou-nightly:2"}
    assert json.loads(remembered.read_text(encoding="utf-8")) == later
    given = {one["ParameterKey"]: one["ParameterValue"] for one in deploy.parameters(later)}
    assert (given["Domain"], given["NightlyImage"]) == ("site.example.org", "suishou-nightly:2")


def test_who_asks_for_no_questions_gets_the_usual_answers(remembered: Path) -> None:
    assert asked("--yes")["region"] == "cn-north-1"


class CloudFormation:
    """What a change set asks of it. `failed`: why the next one comes to nothing."""

    def __init__(self, status: str = "", failed: str = "") -> None:
        self.status, self.failed = status, failed
        self.kinds: list[str] = []
        self.deleted = 0

    def create_change_set(self, **given: Any) -> dict[str, str]:
        self.kinds.append(given["ChangeSetType"])
        return {"Id": given["ChangeSetName"]}

    def get_waiter(self, _: str) -> CloudFormation:
        return self

    def wait(self, **_: Any) -> None:
        if self.failed:
            raise WaiterError("change_set_create_complete", "terminal failure", {})

    def get_paginator(self, name: str) -> Any:
        class Pages:
            @staticmethod
            def paginate(**_: Any) -> list[dict[str, Any]]:
                if name == "describe_stacks":
                    stacks = [{"StackName": "suishou", "StackStatus": self.status}]
                    return [{"Stacks": stacks if self.status else []}]
                change = {"Action": "Add", "ResourceType": "T", "LogicalResourceId": "A"}
                return [{"Changes": [{"ResourceChange": change}]}] * 2

        return Pages

    def describe_change_set(self, **_: Any) -> dict[str, str]:
        return {"StatusReason": self.failed}

    def delete_change_set(self, **_: Any) -> None:
        self.deleted += 1


class Bucket:
    def put_object(self, **_: Any) -> None: ...

    def generate_presigned_url(self, *_: Any) -> str:
        return "https://bucket/template.yaml"


def change(cloudformation: CloudFormation, package: Path) -> dict[str, Any]:
    for name in ("template.yaml", "functions.zip"):
        (package / name).write_text("x", encoding="utf-8")
    clients = {"cloudformation": cloudformation, "s3": Bucket()}
    return deploy.change_set(clients.__getitem__, "suishou", "bucket", package, [])


@pytest.mark.parametrize(
    ("status", "kind"),
    [("", "CREATE"), ("REVIEW_IN_PROGRESS", "CREATE"), ("UPDATE_COMPLETE", "UPDATE")],
)
def test_a_stack_is_made_until_it_stands_and_every_change_is_shown(
    tmp_path: Path, status: str, kind: str
) -> None:
    cloudformation = CloudFormation(status)
    assert change(cloudformation, tmp_path)["lines"] == ["Add T A"] * 2
    assert cloudformation.kinds == [kind]


@pytest.mark.parametrize(
    "why", ["The submitted information didn't contain changes.", "No updates are to be performed."]
)
def test_an_upgrade_that_changes_nothing_is_no_error(tmp_path: Path, why: str) -> None:
    cloudformation = CloudFormation("UPDATE_COMPLETE", why)
    assert change(cloudformation, tmp_path)["lines"] == [] and cloudformation.deleted == 1


def test_a_template_that_is_refused_says_why(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="Requires capabilities"):
        change(CloudFormation("UPDATE_COMPLETE", "Requires capabilities"), tmp_path)
