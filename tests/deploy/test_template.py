"""`template.yaml` holds to the routes, to least privilege, and to both partitions."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from typing import Any

from suishou.handlers.functions import FUNCTIONS
from suishou.handlers.routing import PREFIX
from suishou.settings import AwsSettings, build_settings, photo_bucket, settings, site_settings
from tests.deploy.stack_template import (
    PROJECT,
    RESOURCES,
    TEMPLATE,
    TEXT,
    of_type,
    statements,
)
from tests.emulator import PROGRAMS

EXAMINER = PROJECT / ".venv-examiner" / "bin" / "checkov"  # made by `make test`
EXCEPTIONS = PROJECT / "deploy" / "checkov.yaml"
BUILDERS = ("Nightly", "Builder")
REGIONS = ("us-east-1", "eu-west-1", "cn-north-1", "cn-northwest-1")


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
        assert log["RetentionInDays"]
        # A log that the function made itself would be there before ours, and end never.
        assert function["LoggingConfig"] == {"LogGroup": {"!Ref": f"{name}Log"}}
        assert function["Role"] == {"!GetAtt": f"{name}Role.Arn"}  # none that SAM makes
        assert RESOURCES[f"{name}Errors"]["Properties"]["AlarmActions"]


def test_no_log_is_kept_for_ever() -> None:
    kept = [log["RetentionInDays"] for _, log in of_type("AWS::Logs::LogGroup")]
    assert kept == [{"!Ref": "LogDays"}] * len(kept) and len(kept) > len(FUNCTIONS)


def test_the_dashboard_is_one_and_names_what_there_is() -> None:
    text = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["!Sub"]
    names = set(re.findall(r"\$\{(\w+)", text)) - {"AWS"}
    assert names <= RESOURCES.keys()
    widgets = json.loads(re.sub(r"\$\{[\w:.]+\}", "x", text))["widgets"]
    assert len({widget["properties"]["title"] for widget in widgets}) == len(widgets) >= 6


def test_every_alarm_tells_somebody() -> None:
    for name, alarm in of_type("AWS::CloudWatch::Alarm"):
        assert alarm["AlarmActions"] == [{"!Ref": "Alarms"}], name
        assert alarm["TreatMissingData"] in ("notBreaching", "breaching"), name
    # CloudWatch may not use the key alias/aws/sns: with it, no alarm would arrive.
    assert "KmsMasterKeyId" not in RESOURCES["Alarms"].get("Properties", {})


def test_no_function_may_do_everything_or_touch_everything() -> None:
    everywhere = []
    for name, statement in statements():
        assert statement["Effect"] == "Allow"
        for action in statement["Action"]:
            assert "*" not in action, (name, action)
        resources = statement["Resource"]
        for resource in resources if isinstance(resources, list) else [resources]:
            if resource == "*":
                everywhere += statement["Action"]
            else:
                assert "!GetAtt" in resource or "${" in str(resource), (name, resource)
    # The one action for which AWS has no finer grain, and says so in the template.
    assert everywhere == ["ecr:GetAuthorizationToken"]
    assert re.search(r'Resource: "\*" # \w+', TEXT)


def test_the_two_builders_may_do_the_same_but_for_starting_and_queueing() -> None:
    may: dict[str, set[tuple[str, str]]] = {"Nightly": set(), "Builder": set()}
    for name, statement in statements():
        if name in may:
            may[name] |= {(a, str(statement["Resource"])) for a in statement["Action"]}
    ours, theirs = (
        {action for action, _ in one - other if not action.startswith("logs:")}
        for one, other in (may.values(), reversed(may.values()))
    )
    assert ours == {"codebuild:StartBuild", "sqs:SendMessage"}
    assert {action.split(":")[0] for action in theirs} == {"ecr"}


def test_the_two_builders_are_told_the_same() -> None:
    project = RESOURCES["Builder"]["Properties"]["Environment"]
    here = {one["Name"]: one["Value"] for one in project["EnvironmentVariables"]}
    function = RESOURCES["Nightly"]["Properties"]["Environment"]["Variables"]
    everybody = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    there = {**everybody, **function}
    only = {"SUISHOU_CASES_MAX", "SUISHOU_BUILDER", "POWERTOOLS_SERVICE_NAME"}
    assert here == {name: value for name, value in there.items() if name not in only}
    image = RESOURCES["Nightly"]["Properties"]["ImageUri"]
    assert project["Image"] == image
    command = RESOURCES["Builder"]["Properties"]["Source"]["BuildSpec"]
    assert "python -m suishou.handlers.nightly" in command
    assert RESOURCES["Builder"]["Properties"]["ConcurrentBuildLimit"] == 1


def test_who_needs_no_photos_cannot_read_them() -> None:
    may = {
        (name, bucket)
        for name, statement in statements()
        for bucket in ("RawPhotos", "PublicPhotos")
        if bucket in str(statement["Resource"])
    }
    assert {name for name, bucket in may} == {
        *("Intake", "Photo", "Casework", "Admin", "Project"),
        *BUILDERS,
    }
    assert not {(name, "RawPhotos") for name in BUILDERS} & may
    assert not {("Intake", "PublicPhotos"), ("Photo", "PublicPhotos")} & may


def test_who_opens_what_strangers_sent_can_reach_nothing_else() -> None:
    text = " ".join(str(s["Resource"]) for name, s in statements() if name == "Photo")
    assert "RawPhotos" in text
    assert not any(name in text for name in ("Table", "Secret", "PublicPhotos", "SiteBucket"))
    variables = RESOURCES["Photo"]["Properties"]["Environment"]["Variables"]
    assert set(variables) == {"SUISHOU_RAW_PHOTOS_BUCKET"}


def test_what_waits_in_quarantine_does_not_wait_for_ever() -> None:
    rules = RESOURCES["RawPhotos"]["Properties"]["LifecycleConfiguration"]["Rules"]
    ends = {rule.get("Prefix"): rule.get("ExpirationInDays") for rule in rules}
    assert ends["uploads/"] and ends["refused/"]
    assert "photos/" not in ends and (None, None) in ends.items()  # photos stay, parts do not


def test_no_partition_is_written_out() -> None:
    hosts = set(re.findall(r"[\w.$}{-]*amazonaws[\w.]*", TEXT))
    principals = {
        f"{service}.amazonaws.com"
        for service in ("apigateway", "cloudfront", "codebuild", "lambda")
    }
    assert "arn:aws:" not in TEXT and hosts == principals  # names of services, alike everywhere


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


def test_whatever_nobody_waits_for_leaves_a_note_when_it_fails_and_rings() -> None:
    """A function that HTTP does not call is called by a stream, a schedule or a bucket."""
    waited_for = {name.title() for name in FUNCTIONS}
    for name, function in of_type("AWS::Serverless::Function"):
        if name in waited_for:
            assert "Events" not in function
            continue
        events = list(function["Events"].values())
        streams = [e["Properties"] for e in events if e["Type"] in ("DynamoDB", "Kinesis", "SQS")]
        configs = streams or [function["EventInvokeConfig"]]
        assert len(streams) in (0, len(events)), name
        for config in configs:
            failed = config["DestinationConfig"]["OnFailure"]
            assert failed == {"Type": "SQS", "Destination": {"!GetAtt": "Failures.Arn"}}, name
        sends = [s for who, s in statements() if who == name and "sqs:SendMessage" in s["Action"]]
        assert [s["Resource"] for s in sends] == [{"!GetAtt": "Failures.Arn"}], name
        alarm = RESOURCES[f"{name}Errors"]["Properties"]
        assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": {"!Ref": name}}]
    waiting = RESOURCES["FailuresWaiting"]["Properties"]
    assert waiting["AlarmActions"] == [{"!Ref": "Alarms"}] and waiting["Threshold"] == 1


def test_tables_and_buckets_outlive_the_stack_and_can_be_brought_back() -> None:
    for name, table in of_type("AWS::DynamoDB::Table"):
        assert RESOURCES[name]["DeletionPolicy"] == "Retain"
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
        assert table["TimeToLiveSpecification"] == {"AttributeName": "x", "Enabled": True}
        assert table["DeletionProtectionEnabled"] is True
    for name, bucket in of_type("AWS::S3::Bucket"):
        assert RESOURCES[name]["DeletionPolicy"] == "Retain"
        closed = dict(bucket["PublicAccessBlockConfiguration"])
        if name == "SiteBucket":  # website hosting is reading by everybody, and is China's alone
            for opened in ("BlockPublicPolicy", "RestrictPublicBuckets"):
                assert closed.pop(opened) == {"!If": ["OnWebsite", False, True]}
        assert list(closed.values()) == [True] * len(closed)


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
        site_settings(environment)
        if name == "Nightly":
            assert "PrivateTable" not in str(environment) and "Secret" not in str(environment)
            build_settings(environment)
        elif name == "Photo":  # what everybody is told is not for it to ask
            photo_bucket(environment)
            continue
        else:
            assert isinstance(settings(environment), AwsSettings)
            environment.names.discard("SUISHOU_DATA")
        named = {key for key in environment if key.startswith("SUISHOU_")}
        assert named <= environment.names


def test_the_build_may_not_touch_what_is_private() -> None:
    text = " ".join(str(s["Resource"]) for name, s in statements() if name in BUILDERS)
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


def test_the_examiner_finds_nothing_and_every_exception_says_why() -> None:
    done = subprocess.run(
        [EXAMINER, "-f", PROJECT / "template.yaml", "--config-file", EXCEPTIONS],
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Passed checks: [1-9]\d+, Failed checks: 0", done.stdout)
    exceptions = EXCEPTIONS.read_text(encoding="utf-8").partition("skip-check:")[2]
    # A reason stands above a group of checks, or beside one.
    assert exceptions.lstrip().startswith("# ")
    for resource in RESOURCES.values():
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", ()):
            assert len(skip["comment"]) > 20
