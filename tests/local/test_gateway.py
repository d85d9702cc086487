"""The gateway on a real port: what AWS would put around the handlers, and the site beside them."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from http_client import PAGE, REPORT, flat
from local_systems import demonstration_system
from pictures import jpeg

from suishou.handlers import context
from suishou.local.gateway import BODY_BYTES_MAX
from suishou.local.serve import config
from suishou.services.system import System
from suishou.storage.private_keys import queue_partitions
from suishou.storage.spread import query_merged
from suishou.wiring import close


@contextmanager
def running(system: System, site: Path) -> Iterator[str]:
    """The gateway's address while it runs."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(config(system, site, 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    made = demonstration_system(tmp_path)
    yield made
    context.forget()
    close(made)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "cases").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>首页</title>", encoding="utf-8")
    (folder / "cases" / "index.html").write_text("<title>事项</title>", encoding="utf-8")
    (folder / "site.css").write_text("body{}", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return folder


@pytest.fixture
def http(system: System, site: Path) -> Iterator[httpx.Client]:
    with running(system, site) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def cases(system: System) -> int:
    """How many cases wait in the first street's queue."""
    street = system.programme.streets[0].code
    rows = query_merged(system.private, queue_partitions(street))
    return len({row.sort.split("#")[1] for row in rows})


def test_fifty_posts_at_once_with_one_key_make_one_case(system: System, http: httpx.Client) -> None:
    def post(_: int) -> httpx.Response:
        return http.post("/api/v1/reports", json=REPORT, headers={"Idempotency-Key": "one"})

    with ThreadPoolExecutor(50) as pool:
        replies = list(pool.map(post, range(50)))
    assert {reply.status_code for reply in replies} == {201}
    assert len({(r.json()["case_id"], r.json()["tracking_token"]) for r in replies}) == 1
    assert cases(system) == 1
    changed = {**REPORT, "description": "另一处井盖。"}
    other = http.post("/api/v1/reports", json=changed, headers={"Idempotency-Key": "one"})
    assert other.status_code == 422
    assert cases(system) == 1


def test_callers_at_once_are_never_answered_as_one_another(
    system: System, http: httpx.Client
) -> None:
    """Each thread has its own report: none may get another's receipt."""

    def there_and_back(number: int) -> bool:
        report = {**REPORT, "description": f"第 {number} 处井盖。"}
        made = http.post("/api/v1/reports", json=report).json()
        address = f"/api/v1/reports/{made['case_id']}"
        tracked = http.get(address, params={"token": made["tracking_token"]}).json()
        return str(tracked["description"]) == f"第 {number} 处井盖。"

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(there_and_back, range(64)))


def test_a_multipart_form_with_a_photo_arrives_whole(system: System, http: httpx.Client) -> None:
    files = {"photo": ("a.jpg", jpeg(), "image/jpeg")}
    reply = http.post("/api/v1/reports", data=flat(REPORT), files=files, headers=PAGE)
    assert reply.status_code == 303
    receipt = http.get(str(reply.url.join(reply.headers["location"])))
    assert receipt.status_code == 200
    assert "上报凭证" in receipt.text
    style = receipt.url.join("../reply.css")
    assert http.get(str(style)).headers["content-type"].startswith("text/css")


def test_a_body_that_is_too_large_is_refused_before_it_is_kept(
    system: System, http: httpx.Client
) -> None:
    reply = http.post("/api/v1/reports", content=b"0" * (BODY_BYTES_MAX + 1))
    assert reply.status_code == 413
    assert reply.json()["error"]["field"] == "body"

    def chunks() -> Iterator[bytes]:
        for _ in range(50):
            yield b"0" * 100_000

    streamed = http.post("/api/v1/reports", content=chunks())
    assert streamed.status_code == 413
    assert cases(system) == 0


def test_unknown_addresses_and_methods_are_refused_in_the_same_shape(http: httpx.Client) -> None:
    missing = http.get("/api/v1/nothing")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "no_such_address")
    assert missing.json()["error"]["request_id"]
    wrong = http.delete("/api/v1/reports")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
    assert http.get("/api/v2/reports").status_code == 404
    assert http.head("/api/v1/health").status_code == 200


def test_the_site_is_served_with_its_types_and_short_lives(http: httpx.Client) -> None:
    home = http.get("/")
    assert home.headers["content-type"].startswith("text/html")
    assert home.headers["cache-control"] == "public, max-age=60"
    assert home.headers["x-content-type-options"] == "nosniff"
    assert "首页" in home.text
    assert "事项" in http.get("/cases/").text
    assert http.get("/site.css").headers["content-type"].startswith("text/css")
    assert http.get("/nothing.html").status_code == 404


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/cases/../../secret.txt"]
)
def test_nothing_outside_the_site_is_served(http: httpx.Client, path: str) -> None:
    host, port = http.base_url.host, http.base_url.port
    with socket.create_connection((host, port or 80)) as connection:
        request = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        connection.sendall(request.encode())
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert b"secret" not in answer.split(b"\r\n\r\n", 1)[1]


def test_answers_to_forms_stand_in_the_sites_own_frame(http: httpx.Client, site: Path) -> None:
    frame = (
        "<html><head><!--slot:head--><link href='<!--root-->assets/site.css'></head>"
        "<body><!--slot:main--></body></html>"
    )
    (site / "api-reply.html").write_text(frame, encoding="utf-8")
    refused = {**flat(REPORT), "category": "<!--slot:main--><b>"}
    page = http.post("/api/v1/reports", data=refused, headers=PAGE)
    assert page.status_code == 422
    assert "<title>没有成功 · 铜城新先锋</title><link href='../../assets/site.css'>" in page.text
    assert "<strong>类别</strong>" in page.text
    assert "<!--slot" not in page.text
    assert 'lang="en"' not in page.text
    english = {**PAGE, "accept-language": "en-GB,en;q=0.9,zh;q=0.5"}
    assert '<div lang="en">' in http.post("/api/v1/reports", data=refused, headers=english).text
    (site / "en").mkdir(exist_ok=True)
    (site / "en" / "api-reply.html").write_text(f'<html lang="en">{frame}', encoding="utf-8")
    own = http.post("/api/v1/reports", data=refused, headers=english).text
    assert own.startswith('<html lang="en">')
    assert '<div lang="en">' not in own
    assert "<b>" not in page.text
    assert "default-src" not in page.headers["content-security-policy"]


def test_before_the_first_build_visitors_are_told_so(system: System, tmp_path: Path) -> None:
    with running(system, tmp_path / "not-yet") as address:
        reply = httpx.get(address + "/")
    assert reply.status_code == 404
    assert "尚未生成" in reply.text


PERSONAL = ("王小明", "13712345678", "井盖翘起", "菜市场东门", "28.5206", "114.3712", "庚骑手")


def test_logs_and_refusals_carry_nothing_personal(
    system: System,
    http: httpx.Client,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = logging.getLogger("suishou")
    ours.addHandler(caplog.handler)
    monkeypatch.setattr(ours, "level", logging.DEBUG)
    personal = {
        **flat(REPORT),
        "description": "井盖翘起，王小明 13712345678",
        "landmark": "菜市场东门",
        "contact": "王小明 13712345678",
    }
    made = http.post("/api/v1/reports", data=personal).json()
    token = made["tracking_token"]
    http.get("/api/v1/track", params={"id": made["case_id"], "token": token})
    point = {"lat": 28.5206, "lon": 114.3712, "crs": "王小明"}
    refused = [
        http.post("/api/v1/reports", data={**personal, "category": "王小明"}),
        http.post("/api/v1/reports", data={**personal, "category": "王小明"}, headers=PAGE),
        http.post("/api/v1/reports", data={**personal, "for_name": "王小明"}),
        http.post("/api/v1/reports", json={**REPORT, "location": point}),
        http.post("/api/v1/reports", content="王小明 13712345678".encode()),
        http.get("/api/v1/track", params={"id": "王小明", "token": "13712345678"}),
        http.get("/api/v1/王小明13712345678"),
        http.get("/王小明13712345678"),
    ]
    monkeypatch.setattr("suishou.handlers.reports.accept_report", broken)
    failed = http.post("/api/v1/reports", data=personal)
    assert failed.status_code == 500
    assert failed.json()["error"]["code"] == "internal"
    bodies = [reply.text for reply in (*refused, failed)]
    printed = capfd.readouterr()
    logs = [record.getMessage() + str(record.__dict__) for record in caplog.records]
    # httpx, the test's own client, logs the addresses that it asks for.
    logs = [line for line in logs if "httpx" not in line and "httpcore" not in line]
    for text in (*bodies, *logs, printed.out, printed.err):
        assert not [word for word in (*PERSONAL, token) if word in text]
    ours.removeHandler(caplog.handler)
    assert any("unknown_category" in line for line in logs)
    assert any("RuntimeError" in line for line in logs)


def broken(*arguments: object) -> None:
    raise RuntimeError(f"went wrong with {arguments}")
