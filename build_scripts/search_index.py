"""Search, the index itself: which cases of one month contain which characters side by side.

In: a month's documents, oldest first (a document's number is its place). Out: shard files that a
browser reads one by one, and a signature that tells which terms the month holds at all. Purely a
function of the documents. Holds codes only, never a word: what a reader sees of a case comes
from files that a take-down removes.

A term is two or three neighbouring characters of the folded text, or a filter (`filter_term`).
Three, because words of three and more are found by them: where 年1 and 1月 are in every case, 年1月
need not be, and a month that lacks it is never asked. All that is kept of a term is its code, the
first 26 bits of its CRC-32 (of UTF-8), whose own first bits choose the shard. Two terms with one
code only make a candidate more: readers look at the text itself before they show anything.
`site_src/assets/search-index.js` reads what is written here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import add, sub
from zlib import crc32

from build_scripts.simplified import simplified

SHARD_BYTES_MEAN = 2_048  # at most; a query reads one shard of a month, rarely several
SHARDS_MAX = 1_024
CODE_BITS = 26  # a wrong candidate in a thousand at most, and two bytes from code to code
CODES_REMEMBERED = 200_000  # terms; about 40 MB
TERM_BYTES = 2  # of a term in a shard, besides a byte for each of its documents
SIGNATURE_SLICES = 512  # one file of all months each: a query reads one for each of its terms
SLICE_CODES = (1 << CODE_BITS) // SIGNATURE_SLICES
SIGNATURE_BITS_MAX = 1 << 22
BITS_A_TERM = 8  # one term in eight, or fewer, is taken to be in a month that lacks it
# White space, control characters, joiners and marks of direction: nobody types them on purpose.
# search-text.js holds the same list.
_PASSED_OVER = re.compile(
    "[\\x00-\\x20\\x7f-\\xa0\\xad\\u1680\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3000\\ufeff]"
)


class _Folded(dict[int, str]):
    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKC", chr(code)).lower()
        simple = simplified()
        self[code] = folded = "".join(simple.get(one, one) for one in _PASSED_OVER.sub("", plain))
        return folded


class _Codes(dict[str, int]):
    def __missing__(self, term: str) -> int:
        self[term] = code = term_code(term)
        return code

    def shrink(self) -> None:
        """Keeps what is remembered from growing with the archive."""
        if len(self) > CODES_REMEMBERED:
            self.clear()


_FOLDED = _Folded()
_CODES = _Codes()


@dataclass(frozen=True)
class Document:
    """What can be found of a case: `texts` as shown (terms never span two of them), `filters` as
    `filter_term`s."""

    texts: tuple[str, ...]
    filters: tuple[str, ...]


@dataclass(frozen=True)
class MonthIndex:
    """`shards` are the files by number, a power of two of them; `signature` is a set of bits, its
    size a power of two."""

    shards: tuple[bytes, ...]
    signature: bytes


def fold(text: str) -> str:
    """Text as it is compared: each character by itself in its compatible form (NFKC), lower case,
    a traditional one as its simplified one, white space left out. Because it goes character by
    character, whatever stood in a text still stands in it when both are folded: nothing that a
    plain search finds can be lost."""
    return text.translate(_FOLDED)


def text_terms(folded: str) -> set[str]:
    """Every two and every three neighbouring characters."""
    pairs = list(map(add, folded, folded[1:]))
    return {*pairs, *map(add, pairs, folded[2:])}


def term_code(term: str) -> int:
    """The code of a term. Half of a surrogate pair cannot be encoded: a question mark will do."""
    return crc32(term.encode("utf-8", "replace")) >> (32 - CODE_BITS)


def filter_term(kind: str, code: str) -> str:
    """The term for «this case has that street, category, stage»: no other term holds a space."""
    return f"{kind} {code}"


def index_month(documents: Sequence[Document], month: str) -> MonthIndex:
    """The index of the documents of a month (`2026-05`)."""
    numbers: dict[int, list[int]] = {}
    for number, document in enumerate(documents):
        terms = set(document.filters)
        for text in document.texts:
            terms |= text_terms(fold(text))
        for code in set(map(_CODES.__getitem__, terms)):
            if code in numbers:
                numbers[code].append(number)
            else:
                numbers[code] = [number]
    _CODES.shrink()
    codes = sorted(numbers)
    size = len(codes) * TERM_BYTES + sum(map(len, numbers.values()))
    count = 1
    while count < SHARDS_MAX and size > count * SHARD_BYTES_MEAN:
        count *= 2
    width = (1 << CODE_BITS) // count
    heaps: list[list[int]] = [[] for _ in range(count)]
    for code in codes:
        heaps[code // width].append(code)
    shards = (_shard(heap, number * width, numbers) for number, heap in enumerate(heaps))
    return MonthIndex(tuple(shards), _signature(codes, signature_factor(month)))


def signature_files(signatures: Iterable[bytes]) -> list[bytes]:
    """Slice by slice the signatures of all months behind one another: file n holds, month after
    month, the bits of those terms whose code begins with n."""
    cut = [(memoryview(bits), len(bits) // SIGNATURE_SLICES) for bits in signatures]
    return [
        b"".join(bits[n * size : (n + 1) * size] for bits, size in cut)
        for n in range(SIGNATURE_SLICES)
    ]


def signature_factor(month: str) -> int:
    """An odd number of the month's own. Two terms that share a bit in one month's signature do not
    in the next: else a rare word that shares its bit with a common one would seem to be in all."""
    year, number = map(int, month.split("-"))
    return (year * 12 + number) * 0x9E37_79B1 & SLICE_CODES - 1 | 1


def signature_place(code: int, factor: int, bits: int) -> int:
    """The bit of a code in a signature of so many: slice by slice the first bits of
    `rest of the code x factor`."""
    in_slice = bits // SIGNATURE_SLICES
    mixed = (code * factor) & SLICE_CODES - 1
    return code // SLICE_CODES * in_slice + mixed * in_slice // SLICE_CODES


def _signature(codes: Sequence[int], factor: int) -> bytes:
    """A bit for each code."""
    size = SIGNATURE_SLICES * 8
    while size < SIGNATURE_BITS_MAX and size < len(codes) * BITS_A_TERM:
        size *= 2
    bits = bytearray(size // 8)
    for code in codes:
        place = signature_place(code, factor, size)
        bits[place >> 3] |= 1 << (place & 7)
    return bytes(bits)


def _shard(codes: Sequence[int], first: int, numbers: Mapping[int, Sequence[int]]) -> bytes:
    """Terms by their code, each: distance to the one before (the first: to the shard's beginning),
    then, of a single document, twice its number; of more, twice their count and one, then each
    document's distance to the one before. All are LEB128 numbers."""
    written = bytearray()
    put, before = written.append, first
    for code in codes:
        found = numbers[code]
        if len(found) == 1:
            distances = [code - before, 2 * found[0]]
        else:
            distances = [code - before, 2 * len(found) + 1, found[0], *map(sub, found[1:], found)]
        for rest in distances:
            while rest > 0x7F:
                put(rest & 0x7F | 0x80)
                rest >>= 7
            put(rest)
        before = code
    return bytes(written)
