"""The frame is made once for the same inputs, and again when they change or the file is damaged."""

from __future__ import annotations

from pathlib import Path

from build_scripts.kept_frame import NAME, kept_frame


def test_the_same_inputs_are_made_once_and_others_again(tmp_path: Path) -> None:
    made: list[str] = []

    def frame(made_from: str) -> dict[str, str]:
        return kept_frame(tmp_path, made_from, lambda: made.append(made_from) or {"is": made_from})

    assert [frame("a"), frame("a"), frame("b"), frame("b")] == [{"is": n} for n in "aabb"]
    assert made == ["a", "b"]


def test_a_damaged_file_is_made_again(tmp_path: Path) -> None:
    kept_frame(tmp_path, "a", lambda: "first")
    path = tmp_path / NAME
    path.write_bytes(path.read_bytes()[:-3] + b"...")
    assert kept_frame(tmp_path, "a", lambda: "second") == "second"
    path.write_bytes(b"\xff")
    assert kept_frame(tmp_path, "a", lambda: "third") == "third"
