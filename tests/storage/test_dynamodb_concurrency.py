"""DynamoDB's engine under many threads, over real HTTP to ministack."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

from suishou.domain.errors import Conflict
from suishou.storage.dynamodb import DynamoTable
from suishou.storage.retry import retried
from suishou.storage.table import Action, Add, Insert, Replace
from tests.storage.engines import Clients, dynamo_table

THREADS, STOCK = 24, 10


def write(table: DynamoTable, actions: list[Action], number: int) -> bool:
    dice = random.Random(number)
    try:
        retried(
            lambda: table.write(actions),
            random=dice.random,
            sleep=lambda seconds: None,
            tries=50,
        )
    except Conflict:
        return False
    return True


def test_one_of_many_takes_a_case(ministack: Clients) -> None:
    with dynamo_table(ministack) as engine, ThreadPoolExecutor(THREADS) as pool:
        table = engine.table
        table.write([Insert("CASE#1", "HEAD", {})])
        took = pool.map(
            lambda n: write(table, [Replace("CASE#1", "HEAD", 1, {"by": n})], n), range(THREADS)
        )
        assert sum(took) == 1


def test_a_counter_with_a_floor_gives_out_no_more_than_there_is(ministack: Clients) -> None:
    with dynamo_table(ministack) as engine, ThreadPoolExecutor(THREADS) as pool:
        table = engine.table
        table.write([Insert("M", "start", {}), Add("STOCK", "pin", "left", STOCK)])
        took = pool.map(
            lambda n: write(
                table, [Insert("M", str(n), {}), Add("STOCK", "pin", "left", -1, 0)], n
            ),
            range(THREADS),
        )
        assert sum(took) == STOCK
        left = table.get("STOCK", "pin")
        assert left and left.counters["left"] == 0
