"""Search measured: recall against a plain scan, bytes and rounds of fetching, cost of the index.

In: `python -m bench.search FILE`, NDJSON (may be gzipped) of messages with `id`, `title`, `text`,
`reply`, `reported_at`; or numbers of fabricated cases (`python -m bench.search 10000`). Out: a
table. Needs Node, since it is the site's own script that searches. FILE is read only.
"""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.cases import case, cases
from bench.process import PROJECT
from build_scripts.pages_cases import case_json
from build_scripts.pages_search import documents_in_order, write_month_search, write_search
from build_scripts.pages_writer import PageWriter
from build_scripts.simplified import simplified
from build_scripts.site import build_shells
from build_scripts.site_data import SiteData
from build_scripts.site_paths import case_stem
from suishou.domain.measures import Measures
from suishou.domain.programme import Programme
from suishou.domain.public_row import PublicRow
from suishou.services.load_programme import load_programme

CLIENT = Path(__file__).with_name("search_client.mjs")
FIXED = (
    "井盖",
    "通道堵塞",
    "人民三路",
    "消防通道",
    "路灯",
    "占道经营",
    "噪音",
    "垃圾",
    "停车",
    "公交车",
)
HARD = (  # pieces of dates, polite formulas, common words, two words
    *(
        "8年1月2",
        "小区",
        "的小区",
        "年1月",
        "2018年1月2",
        "我家小区路灯",
        "谢谢您的关注",
        "请问什么时候",
    ),
    *("您好小区", "小区 噪音", "公司 工资", "小区物业公司不", "教育局", "关部门问题"),
    *("领导您好我是铜", "年12月3", "20", "感谢您的支持"),
)
QUERIES = 50
RECALL_CASES_MAX = 20_000  # beyond, only first pages are measured: all results are half the archive
PAGE = 10
SEED = 20261121
LENGTHS = (2, 2, 3, 4, 4, 5, 6, 8)


def main(arguments: Sequence[str]) -> None:
    """Measures each argument in turn."""
    programme = load_programme(PROJECT / "programmes" / "tonggu")
    for argument in arguments:
        rows = list(
            cases(int(argument), programme)
            if argument.isdecimal()
            else messages(Path(argument), programme)
        )
        with TemporaryDirectory() as folder:
            print(f"\n## {argument if argument.isdecimal() else 'messages'}: {len(rows)} cases\n")
            measure(rows, programme, Path(folder))


def messages(path: Path, programme: Programme) -> Iterator[PublicRow]:
    """Each message as a closed case with its reply as the result."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            message = json.loads(line)
            row = case(number, date.fromisoformat(message["reported_at"][:10]), programme)
            yield replace(
                row, title=message["title"], text=message["text"], result=message["reply"]
            )


def measure(rows: Sequence[PublicRow], programme: Programme, folder: Path) -> None:
    """Writes the search files of these rows, asks them, and prints what came of it."""
    seconds, files, size = write_files(rows, programme, folder)
    months = len({row.month for row in rows})
    print(f"{months} months, {files} files, {size / len(rows):.0f} bytes a case,", end=" ")
    print(f"{1000 * seconds / len(rows):.3f} ms processor a case\n")
    whole = len(rows) <= RECALL_CASES_MAX
    queries = chosen_queries(rows)
    answers = ask(folder, [{"q": query} for query in queries], 0 if whole else PAGE)
    found = wanted = extra = 0
    print("| query | cases | first page: files, KB, KB compressed | all: files, KB, compressed |")
    print("|---|---|---|---|")
    for query, answer in zip(queries, answers, strict=True):
        plain = {row.id for row in rows if contains(row, query)}
        wanted += len(plain)
        found += len(plain & set(answer["ids"]))
        extra += len(set(answer["ids"]) - plain)
        if query in FIXED:
            print(f"| {query} | {len(plain)} | {_read(answer['first'])} | {_read(answer['all'])} |")
    if whole:
        share = 100 * found / wanted
        print(f"\n{len(queries)} queries: recall {found}/{wanted} = {share:.2f} %;", end=" ")
        print(f"{extra} more than the plain scan (category or place, width, letters' case, spaces)")
        measure_traditional(queries, answers, folder)
    for kind in ("first", "all") if whole else ("first",):
        sizes = sorted(answer[kind]["compressed"] for answer in answers)
        middle, worst = sizes[len(sizes) // 2] / 1000, sizes[-1] / 1000
        rounds = sorted(answer[kind]["rounds"] for answer in answers)
        print(f"{kind}: median {middle:.1f} KB compressed, worst {worst:.1f} KB;", end=" ")
        print(f"median {rounds[len(rounds) // 2]} rounds, worst {rounds[-1]}")
    print(f"{sum(answer['paused'] for answer in answers)} paused before the first page was full")
    measure_hard(rows, folder)


def measure_traditional(
    queries: Sequence[str], answers: Sequence[dict[str, Any]], folder: Path
) -> None:
    """How many of the queries find the same when they are typed in traditional characters."""
    traditional = str.maketrans({plain: typed for typed, plain in simplified().items()})
    typed = [
        (query.translate(traditional), answer)
        for query, answer in zip(queries, answers, strict=True)
        if query.translate(traditional) != query
    ]
    again = ask(folder, [{"q": query} for query, _ in typed], 0)
    same = sum(one["ids"] == before["ids"] for one, (_, before) in zip(again, typed, strict=True))
    print(f"{same} of the {len(typed)} that can be typed in traditional characters find the same")


def measure_hard(rows: Sequence[PublicRow], folder: Path) -> None:
    """What the hard questions cost up to their first page, filters alone and with words too."""
    row = rows[0]
    of = {"street": row.street, "category": row.category, "stage": row.stage}
    questions = [{"q": query} for query in HARD]
    questions += [{"q": "", "street": row.street}, {"q": "", "stage": "accepted"}]
    questions += [{"q": "", "category": row.category, "stage": row.stage}, {"q": "小区", **of}]
    questions += [{"q": "路灯", "street": row.street}]
    answers = ask(folder, questions, PAGE)
    sizes = sorted(answer["first"]["compressed"] / 1000 for answer in answers)
    rounds = sorted(answer["first"]["rounds"] for answer in answers)
    middle = len(answers) // 2
    print(f"{len(answers)} hard ones, first: median {sizes[middle]:.1f} KB,", end=" ")
    print(f"worst {sizes[-1]:.1f} KB; median {rounds[middle]} rounds, worst {rounds[-1]};", end=" ")
    print(f"{sum(answer['paused'] for answer in answers)} paused")


def contains(row: PublicRow, query: str) -> bool:
    """The plain scan: as it was written, no folding."""
    return query in row.title or query in row.text or query in row.result


def chosen_queries(rows: Sequence[PublicRow]) -> list[str]:
    """The fixed ones, and pieces cut at random (the same at each run) out of titles and texts."""
    dice = random.Random(SEED)  # noqa: S311 - a choice to repeat, no secret
    queries = list(FIXED)
    while len(queries) < QUERIES:
        row = rows[dice.randrange(len(rows))]
        text = (row.title, row.text, row.result)[dice.randrange(3)]
        length = dice.choice(LENGTHS)
        start = dice.randrange(max(1, len(text) - length))
        piece = text[start : start + length].strip()
        if len("".join(piece.split())) >= 2 and piece not in queries:
            queries.append(piece)
    return queries


def ask(folder: Path, questions: Sequence[dict[str, str]], results: int) -> list[dict[str, Any]]:
    """What search.js answers to each question; at most so many results, 0 for all of them."""
    ran = subprocess.run(  # noqa: S603 - our own script
        ["node", str(CLIENT), str(folder), *([str(results)] if results else [])],  # noqa: S607
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in ran.stdout.splitlines()]


def write_files(
    rows: Sequence[PublicRow], programme: Programme, folder: Path
) -> tuple[float, int, int]:
    """The search files and the twins of these rows; processor seconds for the search files, their
    number and size."""
    by_month: dict[str, list[PublicRow]] = {}
    for row in rows:
        by_month.setdefault(row.month, []).append(row)
    written: dict[str, bytes] = {}
    data = _data(programme, by_month)
    with TemporaryDirectory() as frame:
        shells = build_shells(programme, PROJECT / "site_src", Path(frame))
        pages = PageWriter(programme, shells, written.__setitem__)
        began = time.process_time()
        for month in sorted(by_month):
            write_month_search(pages, data, month, by_month[month])
        seconds = time.process_time() - began
        write_search(pages, data)
    for path, content in written.items():
        _write(folder / path, content)
    for row in rows:
        _write(folder / f"{case_stem(row.month, row.id)}.json", case_json(row))
    return seconds, len(written), sum(map(len, written.values()))


def _data(programme: Programme, by_month: dict[str, list[PublicRow]]) -> SiteData:
    return SiteData(
        programme=programme,
        build_id="",
        months=tuple(sorted(by_month, reverse=True)),
        measures=Measures({}),
        stations=(),
        honours=(),
        standings=(),
        changed_months=frozenset(by_month),
        data_day="",
        shown_counts={month: len(documents_in_order(rows)) for month, rows in by_month.items()},
        load_month=lambda month: tuple(by_month.get(month, ())),
    )


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _read(read: dict[str, int]) -> str:
    return f"{read['files']}, {read['bytes'] / 1000:.1f}, {read['compressed'] / 1000:.1f}"


if __name__ == "__main__":
    main(sys.argv[1:])
