from __future__ import annotations

from suishou.local.traffic import BUSY_REQUESTS_A_SECOND, Traffic


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_traffic_is_busy_only_above_the_threshold_since_the_last_look() -> None:
    clock = Clock()
    traffic = Traffic(clock)
    clock.seconds = 1.0
    _counted(traffic, int(BUSY_REQUESTS_A_SECOND))
    assert not traffic.busy()
    clock.seconds = 2.0
    _counted(traffic, int(BUSY_REQUESTS_A_SECOND) + 1)
    assert traffic.busy()
    clock.seconds = 3.0
    assert not traffic.busy()


def _counted(traffic: Traffic, requests: int) -> None:
    for _ in range(requests):
        traffic.count()
