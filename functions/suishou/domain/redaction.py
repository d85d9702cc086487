"""Redaction (脱敏): what must never be read in published text, replaced by stable marks.

In: any text that a reporter or an officer wrote. Out: the same text with telephone numbers, ID
numbers, plates, addresses of persons and names gone, and everything else untouched. A first pass
for the person who drafts (拟稿), not their substitute. Never keeps what it removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from suishou.domain.readable_digits import Views, views

if TYPE_CHECKING:
    from suishou.domain.redaction_rules import Rule

MARKS: Mapping[str, str] = {
    "phone": "〔电话〕",
    "identity": "〔证件号〕",
    "bank_card": "〔银行卡号〕",
    "plate": "〔车牌〕",
    "email": "〔邮箱〕",
    "wechat": "〔微信〕",
    "qq": "〔QQ〕",
    "house": "〔门牌〕",
    "number": "〔号码〕",
    "name": "〔姓名〕",
    "titled_name": "某",  # 王先生 → 某先生
}
GAP = "\0"  # stands in the views for what is already decided; no rule matches across it


@dataclass(frozen=True)
class Finding:
    """Something to remove: `kind` is a key of `MARKS`; `start`, `end` are offsets of the text."""

    kind: str
    start: int
    end: int


def redact(text: str) -> str:
    """The text with every finding replaced by its mark. Redacting twice changes nothing more.

    A mark can bring a word to the edge of another rule, so it goes on until nothing is found;
    every round removes at least one character that is no mark, so it ends.
    """
    while found := findings(text):
        pieces: list[str] = []
        position = 0
        for finding in found:
            pieces += (text[position : finding.start], MARKS[finding.kind])
            position = finding.end
        text = "".join((*pieces, text[position:]))
    return text


def findings(text: str) -> tuple[Finding, ...]:
    """What one pass finds, by place, never overlapping."""
    # Forty patterns, made when a text is first looked at and not whenever a function starts.
    from suishou.domain.redaction_names import NAME_RULES
    from suishou.domain.redaction_rules import KEPT, NUMBER_RULES

    seen = views(text)
    plain, digits = list(seen.plain), list(seen.digits)
    found: list[Finding] = []
    for rule in NUMBER_RULES:
        for start, end in _spans(rule, plain, digits):
            found.append(_finding(rule.kind, start, end, seen))
            plain[start:end] = digits[start:end] = GAP * (end - start)
        if rule.then_keep:
            for kept in KEPT:
                for start, end in _spans(kept, plain, digits):
                    digits[start:end] = GAP * (end - start)
    for rule in NAME_RULES:
        for start, end in _spans(rule, plain, digits):
            found.append(_finding(rule.kind, start, end, seen))
            plain[start:end] = GAP * (end - start)
    return _apart(found)


def _spans(rule: Rule, plain: list[str], digits: list[str]) -> tuple[tuple[int, int], ...]:
    view = "".join(digits if rule.in_digits else plain)
    return tuple(
        match.span("found")
        for match in rule.pattern.finditer(view)
        if rule.holds is None or rule.holds(match)
    )


def _finding(kind: str, start: int, end: int, seen: Views) -> Finding:
    return Finding(kind, seen.starts[start], seen.ends[end - 1])


def _apart(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """By place; of two in one original character (⑩ is two digits) the first stays."""
    kept: list[Finding] = []
    for finding in sorted(found, key=lambda f: (f.start, -f.end)):
        if not kept or finding.start >= kept[-1].end:
            kept.append(finding)
    return tuple(kept)
