"""`make deploy`: the packaged stack into an account, step by step, and again for every upgrade.

In: a stack's name, a region, answers. Out: the stack, and what to do next. Works alike in the
global partition and in China's regions: the region decides. What is asked is remembered in
`build/deploy.json`; the secret is made once, in SSM, and shown to nobody.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]

from deploy.package import OUT

ANSWERS = OUT.parent / "deploy.json"
SECRET_BYTES = 32
Say = Callable[[str], None]


def main(arguments: Sequence[str]) -> int:
    asked = _parser().parse_args(arguments)
    answers = _answers(asked)
    session = boto3.Session(profile_name=asked.profile or None, region_name=answers["region"])

    def client(service: str) -> Any:
        return session.client(service)

    bucket = artifact_bucket(client, answers["region"])
    upload(client, bucket, OUT)
    make_secret(client, answers["secret_parameter"])
    change = change_set(client, answers["stack"], bucket, OUT, parameters(answers))
    for line in change["lines"]:
        print(f"  {line}")
    if not change["lines"]:
        print("没有需要更改的内容。")
        return 0
    if not asked.yes and input("执行以上更改？(yes/no) ").strip() != "yes":
        print("没有执行。")
        return 1
    outputs = execute(client, answers["stack"], change)
    for name, value in outputs.items():
        print(f"{name}: {value}")
    print("下一步：登记第一位管理员，见 docs/operations.md。")
    return 0


def artifact_bucket(client: Callable[[str], Any], region: str) -> str:
    """The account's own bucket for packages in this region, made if absent."""
    account = client("sts").get_caller_identity()["Account"]
    name = f"suishou-packages-{account}-{region}"
    s3 = client("s3")
    if name not in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}:
        # us-east-1 alone refuses to be named.
        place = {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=name, **({} if region == "us-east-1" else place))
        s3.put_public_access_block(
            Bucket=name,
            PublicAccessBlockConfiguration=dict.fromkeys(
                (
                    "BlockPublicAcls",
                    "BlockPublicPolicy",
                    "IgnorePublicAcls",
                    "RestrictPublicBuckets",
                ),
                True,
            ),
        )
    return name


def archive_key(package: Path) -> str:
    """Named by its bytes: the same code is the same object, and changes nothing."""
    return f"{hashlib.sha256((package / 'functions.zip').read_bytes()).hexdigest()}.zip"


def upload(client: Callable[[str], Any], bucket: str, package: Path) -> None:
    """Puts the archive of functions into the bucket."""
    content = (package / "functions.zip").read_bytes()
    client("s3").put_object(Bucket=bucket, Key=archive_key(package), Body=content)


def make_secret(client: Callable[[str], Any], name: str) -> None:
    """Makes the secret that signs ids and tokens, unless there is one: it must never change."""
    ssm = client("ssm")
    text = "base64:" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    try:
        ssm.put_parameter(Name=name, Value=text, Type="SecureString", Overwrite=False)
    except ssm.exceptions.ParameterAlreadyExists:
        return


def template_text(package: Path, bucket: str) -> str:
    """The packaged template with the place of its code."""
    text = (package / "template.yaml").read_text(encoding="utf-8")
    code = f"CodeUri: {{Bucket: {bucket}, Key: {archive_key(package)}}}"
    return text.replace("CodeUri: functions.zip", code)


def change_set(
    client: Callable[[str], Any],
    stack: str,
    bucket: str,
    package: Path,
    wanted: Sequence[Mapping[str, str]],
) -> dict[str, Any]:
    """What would change: `lines` for people, and the change set's id."""
    cloudformation = client("cloudformation")
    text = template_text(package, bucket)
    name = f"suishou-{hashlib.sha256((text + str(wanted)).encode()).hexdigest()[:16]}"
    key = f"{name}.yaml"
    client("s3").put_object(Bucket=bucket, Key=key, Body=text.encode())
    kind = "UPDATE" if _exists(cloudformation, stack) else "CREATE"
    made = cloudformation.create_change_set(
        StackName=stack,
        ChangeSetName=name,
        ChangeSetType=kind,
        TemplateURL=_address(client("s3"), bucket, key),
        Parameters=list(wanted),
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    waiter = cloudformation.get_waiter("change_set_create_complete")
    waiter.wait(StackName=stack, ChangeSetName=made["Id"])
    found = cloudformation.describe_change_set(StackName=stack, ChangeSetName=made["Id"])
    changes = (change["ResourceChange"] for change in found["Changes"])
    lines = [f"{c['Action']} {c['ResourceType']} {c['LogicalResourceId']}" for c in changes]
    return {"id": made["Id"], "kind": kind, "lines": lines}


def execute(client: Callable[[str], Any], stack: str, change: Mapping[str, Any]) -> dict[str, str]:
    """Carries the change set out and waits; answers the stack's outputs."""
    cloudformation = client("cloudformation")
    cloudformation.execute_change_set(StackName=stack, ChangeSetName=change["id"])
    done = "stack_create_complete" if change["kind"] == "CREATE" else "stack_update_complete"
    cloudformation.get_waiter(done).wait(StackName=stack)
    (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}


def parameters(answers: Mapping[str, str]) -> list[dict[str, str]]:
    """The template's parameters from the answers."""
    names = {
        "programme": "Programme",
        "secret_parameter": "SecretParameter",
        "alarm_email": "AlarmEmail",
    }
    return [{"ParameterKey": key, "ParameterValue": answers[name]} for name, key in names.items()]


def _exists(cloudformation: Any, stack: str) -> bool:
    pages = cloudformation.get_paginator("describe_stacks").paginate()
    return any(found["StackName"] == stack for page in pages for found in page["Stacks"])


def _address(s3: Any, bucket: str, key: str) -> str:
    return str(s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": key}, 3_600))


def _answers(asked: argparse.Namespace) -> dict[str, str]:
    """What was given, what was answered before, or what is answered now."""
    known: dict[str, str] = {}
    if ANSWERS.exists():
        known = json.loads(ANSWERS.read_text(encoding="utf-8"))
    questions = {
        "stack": ("堆栈名称", "suishou"),
        "region": ("区域（例如 cn-north-1、us-east-1）", "cn-north-1"),
        "programme": ("项目（programmes 下的文件夹，与打包时相同）", "tonggu"),
        "secret_parameter": ("SSM 参数名（签名密钥）", "/suishou/secret"),
        "alarm_email": ("告警邮箱（可留空）", ""),
    }
    for name, (words, usual) in questions.items():
        given = getattr(asked, name)
        if given is not None:
            known[name] = given
        elif name not in known:
            known[name] = usual if asked.yes else input(f"{words} [{usual}]: ").strip() or usual
    ANSWERS.parent.mkdir(parents=True, exist_ok=True)
    ANSWERS.write_text(json.dumps(known, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return known


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.deploy")
    parser.add_argument("--profile", default="", help="a profile of the AWS command line")
    for name in ("stack", "region", "programme", "secret-parameter", "alarm-email"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--yes", action="store_true", help="ask nothing")
    return parser


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
