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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
from botocore.exceptions import WaiterError  # type: ignore[import-untyped]

from deploy.package import OUT

ANSWERS = OUT.parent / "deploy.json"
SECRET_BYTES = 32
# How CloudFormation says that an update would change nothing, which it counts as a failure.
NOTHING_TO_DO = ("didn't contain changes", "No updates are to be performed")


@dataclass(frozen=True)
class Question:
    """`parameter` is the template's, "" for what is none of it."""

    words: str
    usual: str
    parameter: str


QUESTIONS: Mapping[str, Question] = {
    "stack": Question("堆栈名称", "suishou", ""),
    "region": Question("区域（例如 cn-north-1、us-east-1）", "cn-north-1", ""),
    "programme": Question("项目（programmes 下的文件夹，与打包时相同）", "tonggu", "Programme"),
    "secret_parameter": Question("SSM 参数名（签名密钥）", "/suishou/secret", "SecretParameter"),
    "alarm_email": Question("告警邮箱（可留空）", "", "AlarmEmail"),
    "nightly_image": Question("夜间生成的镜像，名称:标签（可留空，以后再填）", "", "NightlyImage"),
    "hosting": Question("由本堆栈对外提供网站（yes/no；门户自取时填 no）", "yes", "Hosting"),
    "locales": Question("网站语言（zh 或 zh,en）", "zh,en", "Locales"),
    "domain": Question("网站域名（可留空；在中国须先备案）", "", "Domain"),
    "certificate": Question("网站域名的证书 ARN（us-east-1；中国区域留空）", "", "Certificate"),
    "api_domain": Question("接口域名（可留空；在中国须先备案）", "", "ApiDomain"),
    "api_certificate": Question("接口域名的证书 ARN（同一区域）", "", "ApiCertificate"),
    "cases_in_function": Question("多少个事项以上改由 CodeBuild 生成", "20000", "CasesInFunction"),
    "warm_writes": Question("预热的写入能力，单位/秒", "4000", "WarmWrites"),
    "warm_reads": Question("预热的读取能力，单位/秒", "12000", "WarmReads"),
    "log_days": Question("日志保留天数", "30", "LogDays"),
}
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
        client("cloudformation").delete_change_set(
            StackName=answers["stack"], ChangeSetName=change["id"]
        )
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


def archive_key(archive: Path) -> str:
    """Named by its bytes: the same code is the same object, and changes nothing."""
    return f"{hashlib.sha256(archive.read_bytes()).hexdigest()}.zip"


def upload(client: Callable[[str], Any], bucket: str, package: Path) -> None:
    """Puts the archives of functions into the bucket."""
    for archive in sorted(package.glob("*.zip")):
        client("s3").put_object(Bucket=bucket, Key=archive_key(archive), Body=archive.read_bytes())


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
    for archive in sorted(package.glob("*.zip")):
        code = f"CodeUri: {{Bucket: {bucket}, Key: {archive_key(archive)}}}"
        text = text.replace(f"CodeUri: {archive.name}", code)
    return text


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
    key = f"suishou-{hashlib.sha256(text.encode()).hexdigest()[:16]}.yaml"
    client("s3").put_object(Bucket=bucket, Key=key, Body=text.encode())
    kind = "UPDATE" if _stands(cloudformation, stack) else "CREATE"
    made = cloudformation.create_change_set(
        StackName=stack,
        ChangeSetName=f"suishou-{secrets.token_hex(8)}",
        ChangeSetType=kind,
        TemplateURL=_address(client("s3"), bucket, key),
        Parameters=list(wanted),
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    set_of = {"StackName": stack, "ChangeSetName": made["Id"]}
    try:
        cloudformation.get_waiter("change_set_create_complete").wait(**set_of)
    except WaiterError:
        why = str(cloudformation.describe_change_set(**set_of).get("StatusReason", ""))
        if not any(words in why for words in NOTHING_TO_DO):
            raise SystemExit(f"{stack}: {why}") from None
        cloudformation.delete_change_set(**set_of)
        return {"id": made["Id"], "kind": kind, "lines": []}
    pages = cloudformation.get_paginator("describe_change_set").paginate(**set_of)
    changes = (change["ResourceChange"] for page in pages for change in page["Changes"])
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
    """The template's parameters from the answers. All of them are given every time: what an update
    leaves out goes back to its default."""
    return [
        {"ParameterKey": asked.parameter, "ParameterValue": answers.get(name, asked.usual)}
        for name, asked in QUESTIONS.items()
        if asked.parameter
    ]


def _stands(cloudformation: Any, stack: str) -> bool:
    """Whether there is something to update: a creation that was looked at and refused left a name
    alone."""
    pages = cloudformation.get_paginator("describe_stacks").paginate()
    found = {one["StackName"]: one["StackStatus"] for page in pages for one in page["Stacks"]}
    return found.get(stack, "REVIEW_IN_PROGRESS") != "REVIEW_IN_PROGRESS"


def _address(s3: Any, bucket: str, key: str) -> str:
    return str(s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": key}, 3_600))


def _answers(asked: argparse.Namespace) -> dict[str, str]:
    """What was given, what was answered before, or what is answered now."""
    known: dict[str, str] = {}
    if ANSWERS.exists():
        known = json.loads(ANSWERS.read_text(encoding="utf-8"))
    for name, question in QUESTIONS.items():
        given = getattr(asked, name)
        if given is not None:
            known[name] = given
        elif name not in known:
            words = f"{question.words} [{question.usual}]: "
            known[name] = "" if asked.yes else input(words).strip()
            known[name] = known[name] or question.usual
    ANSWERS.parent.mkdir(parents=True, exist_ok=True)
    ANSWERS.write_text(json.dumps(known, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return known


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.deploy")
    parser.add_argument("--profile", default="", help="a profile of the AWS command line")
    for name, question in QUESTIONS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", help=question.words)
    parser.add_argument("--yes", action="store_true", help="ask nothing")
    return parser


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
