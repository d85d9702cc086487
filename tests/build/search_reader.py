"""Reads search files as search.js does, for tests that must run without Node: which documents of a
month may contain a word. What it answers still has to be compared with the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import accumulate

from build_scripts.search_index import (
    CODE_BITS,
    SIGNATURE_SLICES,
    MonthIndex,
    fold,
    signature_factor,
    signature_files,
    signature_place,
    term_code,
    text_terms,
)


def candidates(index: MonthIndex, word: str) -> set[int]:
    """Numbers of the documents that hold every term of the folded word."""
    found = [_numbers(index, term_code(term)) for term in text_terms(fold(word))]
    return set.intersection(*found)


def months_with(signatures: Mapping[str, bytes], word: str) -> list[str]:
    """Which of the months may hold every term of the folded word."""
    files = signature_files(signatures.values())
    possible = list(signatures)
    for term in text_terms(fold(word)):
        code = term_code(term)
        slices = files[code * SIGNATURE_SLICES >> CODE_BITS]
        start = 0
        for month, signature in signatures.items():
            size = len(signature) // SIGNATURE_SLICES
            whole = signature_place(code, signature_factor(month), len(signature) * 8)
            place = whole % (size * 8)
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
        lead = next(numbers)
        found = {lead >> 1}
        if lead & 1:
            found = set(accumulate(next(numbers) for _ in range(lead >> 1)))
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
