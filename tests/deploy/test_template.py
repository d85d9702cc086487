"""`template.yaml` holds to the routes, to least privilege, and to both partitions."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from suishou.handlers.functions import FUNCTIONS
from suishou.handlers.routing import PREFIX
from suishou.settings import AwsSettings, addresses, build_settings, settings
from tests.emulator import PROGRAMS

PROJECT = Path(__file__).parents[2]
TEXT = (PROJECT / "template.yaml").read_text(encoding="utf-8")
REGIONS = ("us-east-1", "eu-west-1", "cn-north-1", "cn-northwest-1")


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
    for name, function in of_type("AWS::Serverless::Function"):
        for policy in function["Policies"]:
            for statement in policy["Statement"]:
                yield name, statement


def test_every_route_leads_to_its_function_and_none_leads_nowhere() -> None:
    wanted = {
        f"{route.method} {PREFIX}{route.path}": f"{name.title()}Integration"
        for name, function in FUNCTIONS.items()
        for route in function.routes
    }
    found = {}
    for _, route in of_type("AWS::ApiGatewayV2::Route"):
        target = re.fullmatch(r"integrations/\$\{(\w+)\}", route["Target"]["!Sub"])
        assert target
        found[route["RouteKey"]] = target[1]
    assert found.pop("$default") == "IntakeIntegration"
    assert found == wanted


def test_every_function_has_an_entry_point_a_log_that_ends_and_an_alarm() -> None:
    for name, function in of_type("AWS::Serverless::Function"):
        if name != "Nightly":  # an image, whose Dockerfile names it
            module = function["Handler"].removesuffix(".handler").replace(".", "/")
            assert (PROJECT / "functions" / f"{module}.py").exists()
        log = RESOURCES[f"{name}Log"]["Properties"]
        assert log["LogGroupName"]["!Sub"] == f"/aws/lambda/${{{name}}}"
        assert log["RetentionInDays"]
        assert RESOURCES[f"{name}Errors"]["Properties"]["AlarmActions"]


def test_no_function_may_do_everything_or_touch_everything() -> None:
    for name, statement in statements():
        assert statement["Effect"] == "Allow"
        for action in statement["Action"]:
            assert "*" not in action, (name, action)
        resource = statement["Resource"]
        text = str(resource)
        assert "!GetAtt" in text or "${" in text, (name, resource)


def test_who_needs_no_photos_cannot_read_them() -> None:
    may = {
        (name, bucket)
        for name, statement in statements()
        for bucket in ("RawPhotos", "PublicPhotos")
        if bucket in str(statement["Resource"])
    }
    assert {name for name, bucket in may} == {"Intake", "Casework", "Project", "Nightly"}
    assert ("Nightly", "RawPhotos") not in may
    assert ("Intake", "PublicPhotos") not in may


def test_no_partition_is_written_out() -> None:
    assert "arn:aws:" not in TEXT and "amazonaws.com" not in TEXT.replace(
        "apigateway.amazonaws.com", ""
    )


def test_the_stream_is_retried_split_and_ended_with_a_note() -> None:
    events = RESOURCES["Project"]["Properties"]["Events"]
    (source,) = (event["Properties"] for event in events.values())
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["BisectBatchOnFunctionError"] is True
    assert 0 < source["MaximumRetryAttempts"] <= 100
    assert 0 < source["MaximumRecordAgeInSeconds"] < 86_400
    assert source["DestinationConfig"]["OnFailure"]["Type"] == "SQS"
    (pattern,) = source["FilterCriteria"]["Filters"]
    assert '"CASE#"' in pattern["Pattern"] and '"HEAD"' in pattern["Pattern"]
    table = RESOURCES["PrivateTable"]["Properties"]
    assert table["StreamSpecification"] == {"StreamViewType": "KEYS_ONLY"}


@pytest.mark.parametrize("name", ["Notify", "WatchDeadlines"])
def test_a_scheduled_function_that_fails_leaves_a_note(name: str) -> None:
    config = RESOURCES[name]["Properties"]["EventInvokeConfig"]
    assert config["DestinationConfig"]["OnFailure"]["Type"] == "SQS"


def test_tables_and_buckets_outlive_the_stack_and_can_be_brought_back() -> None:
    for name, table in of_type("AWS::DynamoDB::Table"):
        assert RESOURCES[name]["DeletionPolicy"] == "Retain"
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
        assert table["TimeToLiveSpecification"] == {"AttributeName": "x", "Enabled": True}
        assert table["DeletionProtectionEnabled"] is True
    for name, bucket in of_type("AWS::S3::Bucket"):
        assert RESOURCES[name]["DeletionPolicy"] == "Retain"
        assert all(bucket["PublicAccessBlockConfiguration"].values())


class Asked(dict[str, str]):
    """An environment that notes what was looked up in it."""

    def __init__(self, told: Mapping[str, str]) -> None:
        super().__init__(told)
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)


def told(function: Mapping[str, Any]) -> Asked:
    everybody = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    variables = {**everybody, **function["Environment"]["Variables"]}
    return Asked({k: "7" if k == "SUISHOU_CASES_MAX" else str(v) for k, v in variables.items()})


def test_the_functions_are_told_what_their_settings_ask_for_and_nothing_else() -> None:
    for name, function in of_type("AWS::Serverless::Function"):
        environment = told(function)
        addresses(environment)
        if name == "Nightly":
            assert "PrivateTable" not in str(environment) and "Secret" not in str(environment)
            build_settings(environment)
        else:
            assert isinstance(settings(environment), AwsSettings)
            environment.names.discard("SUISHOU_DATA")
        named = {key for key in environment if key.startswith("SUISHOU_")}
        assert named <= environment.names


def test_the_build_may_not_touch_what_is_private() -> None:
    text = " ".join(str(s["Resource"]) for name, s in statements() if name == "Nightly")
    assert "PublicTable" in text and "SiteBucket" in text
    assert not any(name in text for name in ("PrivateTable", "RawPhotos", "SecretParameter"))


def test_the_linter_finds_nothing_in_four_regions() -> None:
    done = subprocess.run(
        [PROGRAMS / "cfn-lint", "--regions", *REGIONS, "--template", PROJECT / "template.yaml"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
