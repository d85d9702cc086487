"""Reads search files as search.js does, for tests that must run without Node: which documents of a
month may contain a word. What it answers still has to be compared with the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from build_scripts.search_index import (
    CODE_BITS,
    SIGNATURE_SLICES,
    MonthIndex,
    fold,
    pairs,
    signature_files,
    term_code,
)


def candidates(index: MonthIndex, word: str) -> set[int]:
    """Numbers of the documents that hold every pair of the folded word."""
    found = [_numbers(index, term_code(pair)) for pair in pairs(fold(word))]
    return set.intersection(*found)


def months_with(signatures: Sequence[bytes], word: str) -> list[int]:
    """Which of the months may hold every pair of the folded word, by their place."""
    files = signature_files(signatures)
    possible = list(range(len(signatures)))
    for pair in pairs(fold(word)):
        code = term_code(pair)
        slices = files[code >> (CODE_BITS - 8)]
        start = 0
        for month, signature in enumerate(signatures):
            size = len(signature) // SIGNATURE_SLICES
            place = (code * len(signature) * 8 >> CODE_BITS) % (size * 8)
            if not slices[start + (place >> 3)] >> (place & 7) & 1 and month in possible:
                possible.remove(month)
            start += size
    return possible


def _numbers(index: MonthIndex, code: int) -> set[int]:
    width = (1 << CODE_BITS) // len(index.shards)
    shard = code // width
    numbers = _leb128(index.shards[shard])
    term = shard * width
    for gap in numbers:
        term += gap
        number, found = 0, set()
        for _ in range(next(numbers)):
            number += next(numbers)
            found.add(number)
        if term == code:
            return found
    return set()


def _leb128(content: bytes) -> Iterator[int]:
    value = shift = 0
    for byte in content:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield value
            value = shift = 0
