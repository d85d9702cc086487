"""What a stack costs a month besides DynamoDB: every line a count times a list price.

In: how many cases a year, how many people read the site. Out: lines with their arithmetic. Prices:
us-east-1, on demand, without the first year's gifts (aws.amazon.com/lambda/pricing, …/s3/pricing
and so on); CloudFront with the thousand gigabytes and ten million requests that are free for ever.
Estimates: what is assumed of people stands in ASSUMED, what the template makes is counted from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TEMPLATE = Path(__file__).parents[2] / "template.yaml"
MINUTES_A_MONTH = 43_800

LAMBDA_CALLS, LAMBDA_GB_SECONDS = 0.20 / 1e6, 0.0000166667
API_CALLS = 1.00 / 1e6
S3_PUTS, S3_GETS, S3_GB = 0.005 / 1e3, 0.0004 / 1e3, 0.023
CLOUDFRONT_GB, CLOUDFRONT_CALLS = 0.12, 0.012 / 1e4  # Asia's, beyond what is free
CLOUDFRONT_FREE_GB, CLOUDFRONT_FREE_CALLS = 1_000, 10_000_000
LOGS_GB, ALARM, IMAGE_GB, BUILDER_MINUTE = 0.50, 0.10, 0.10, 0.02
FUNCTION_GB, NIGHTLY_GB = 0.5, 3.0
IMAGE = 0.3  # of deploy/Dockerfile's image, compressed

# Of one case: requests from report to close with all looks at queues; projections; photos, and
# their megabytes in both stores. Of one reading of a page: requests and kilobytes no cache had.
ASSUMED = {
    "requests": 30,
    "projections": 10,
    "photos": 2,
    "photo_mb": 0.8,
    "view_requests": 3,
    "view_kb": 40,
}
SECONDS_A_CALL, LOG_KB_A_CALL = 0.1, 1.0
PHOTO_GB_SECONDS = 1.0  # a gigabyte for a second: opened, made new, put away


@dataclass(frozen=True)
class Size:
    """`views` are page views a month; `files` those that a night changes; `function_seconds` and
    `builder_minutes` what a night takes, in the function or in CodeBuild."""

    name: str
    cases: int
    views: int
    files: int
    function_seconds: int
    builder_minutes: int


SIZES = (
    Size("一县", 10_000, 50_000, 2_000, 60, 0),
    Size("一市", 1_000_000, 2_000_000, 100_000, 0, 60),
)


@dataclass(frozen=True)
class Line:
    """`dollars` a month, and how they come about."""

    what: str
    how: str
    dollars: float


def bill(size: Size) -> Iterator[Line]:
    """The lines of a month in the first year, with half of what is stored at its end."""
    cases = size.cases / 12
    http = cases * ASSUMED["requests"]
    # notify every minute; watch_deadlines and the look of nightly every five.
    timed = MINUTES_A_MONTH * (1 + 1 / 5 + 1 / 5)
    photos = cases * ASSUMED["photos"]
    calls = http + cases * ASSUMED["projections"] + timed
    seconds = calls * SECONDS_A_CALL * FUNCTION_GB + size.function_seconds * 30 * NIGHTLY_GB
    calls, seconds = calls + photos, seconds + photos * PHOTO_GB_SECONDS
    yield Line("API", f"{http:,.0f} requests", http * API_CALLS)
    yield Line(
        "Lambda",
        f"{calls:,.0f} calls, {seconds:,.0f} GB-s",
        calls * LAMBDA_CALLS + seconds * LAMBDA_GB_SECONDS,
    )
    minutes = size.builder_minutes * 30
    if minutes:
        yield Line("CodeBuild", f"{minutes:,} minutes", minutes * BUILDER_MINUTE)
    # A file is shown and kept; a photo is sent, made new, and shown in two sizes.
    puts, looks = size.files * 2 * 30 + photos * 4, MINUTES_A_MONTH / 5 * 8
    yield Line(
        "S3 requests", f"{puts:,.0f} puts, {looks:,.0f} gets", puts * S3_PUTS + looks * S3_GETS
    )
    stored = size.cases / 2 * ASSUMED["photo_mb"] * 2 / 1e3  # the public ones on the site and kept
    yield Line("S3 storage", f"{stored:,.0f} GB", stored * S3_GB)
    views = size.views * ASSUMED["view_requests"]
    gigabytes = size.views * ASSUMED["view_kb"] / 1e6
    yield Line(
        "CloudFront",
        f"{views:,} requests, {gigabytes:,.0f} GB",
        max(0, views - CLOUDFRONT_FREE_CALLS) * CLOUDFRONT_CALLS
        + max(0.0, gigabytes - CLOUDFRONT_FREE_GB) * CLOUDFRONT_GB,
    )
    logs = (calls + http) * LOG_KB_A_CALL / 1e6  # the API's own line beside the function's
    yield Line("Logs", f"{logs:,.1f} GB", logs * LOGS_GB)
    yield Line("Alarms", f"{alarms()} alarms", alarms() * ALARM)
    yield Line("Image", f"{IMAGE} GB, ten kept", IMAGE * 10 * IMAGE_GB)


def alarms() -> int:
    """As many as the template makes."""
    return len(re.findall(r"Type: AWS::CloudWatch::Alarm", TEMPLATE.read_text(encoding="utf-8")))


def bill_text() -> str:
    """The bills of all sizes as tables."""
    lines = []
    for size in SIZES:
        found = list(bill(size))
        total = sum(line.dollars for line in found)
        lines += [
            f"\n## {size.name}, {size.cases:,} cases a year: $ a month besides DynamoDB\n",
            "| what | how much | $ a month |",
            "| --- | ---: | ---: |",
            *(f"| {line.what} | {line.how} | {line.dollars:.2f} |" for line in found),
            f"| all | | {total:.2f} |",
        ]
    return "\n".join(lines)
