"""Verify, computing part: a stated figure recomputed by SQL from the published tables.

In: the tables of `verify_tables.py`, which categories are shown one by one, a `Stated` figure. Out:
what it should be, or why it cannot be recomputed. Integer arithmetic alone; restates the formulas
and never uses the code that made the page.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from build_scripts import verify_coverage, verify_reasons
from build_scripts.verify_coverage import Covered
from build_scripts.verify_frozen import Values, frozen_figures
from build_scripts.verify_marks import Stated
from build_scripts.verify_readings import Recomputed, counted, duration, rate, tenths_of, units
from build_scripts.verify_scopes import NotRecomputable, place_of, scope_codes
from build_scripts.verify_tables import CODES, COUNTS
from build_scripts.verify_whole import Counted

RATES: Mapping[str, tuple[str, str]] = {
    "response_rate": ("responses_on_time", "responses_due"),
    "close_rate": ("closed", "taken_on"),
    "on_time_rate": ("on_time", "due"),
    "satisfaction": ("satisfied", "answered"),
    "rework_rate": ("reworked", "resolved"),
    "extension_rate": ("extended", "taken_on"),
    "registration_rate": ("registrations_on_time", "registrations_due"),
    "dispatch_rate": ("dispatched_right", "dispatched"),
    "handling_rate": ("handled", "dispatched"),
    "closing_rate": ("closed_on_time", "closings_due"),
    "solving_rate": ("settled", "judged"),
}
MEDIANS: Mapping[str, str] = {
    "response_median": "response_minutes",
    "resolution_median": "resolution_minutes",
}
_SHOWN_BY = frozenset({"street", "category", "community", "stage", "board"})
# ruff: noqa: S608 - names come from the constants above, values are bound


@dataclass(frozen=True)
class Difference:
    """A figure that is not what the open data say; `recomputed` may be a reason."""

    page: str
    figure: str
    scope: str
    stated: str
    recomputed: str

    def __str__(self) -> str:
        scope = f" [{self.scope}]" if self.scope else ""
        return f"{self.page}: {self.figure}{scope}: {self.stated} ≠ {self.recomputed}"


class Recomputation:
    """Over one database; every scope is summed once. `whole` are counts of other tables by figure
    and scope, `listed` the categories that are shown one by one, `covered` what coverage is
    counted from."""

    def __init__(
        self,
        tables: sqlite3.Connection,
        listed: frozenset[str],
        whole: Mapping[Counted, int],
        covered: Covered | None = None,
    ) -> None:
        self._tables, self._listed, self._whole = tables, listed, whole
        self._counted = covered or {}
        self.frozen = frozen_figures(tables)
        self._sums = lru_cache(maxsize=None)(self._sum)
        self._medians = lru_cache(maxsize=None)(self._median)
        self._one_dimension = lru_cache(maxsize=None)(self._grouped)

    def difference(self, stated: Stated) -> Difference | None:
        """What is wrong with a stated figure, or None."""
        try:
            right = self._against(stated) if stated.against else self._published(stated)
        except NotRecomputable as reason:
            return self._differs(stated, stated.value, f"not recomputable: {reason}")
        for said, value in (
            (stated.value, right.value),
            (stated.numerator, right.numerator),
            (stated.denominator, right.denominator),
        ):
            if said != value and (said or value is right.value):
                return self._differs(stated, said, value)
        wrong = [number for number in stated.shown if number not in right.readings]
        if wrong:
            return self._differs(stated, " ".join(wrong), right.value)
        return None

    @staticmethod
    def _differs(stated: Stated, said: str, right: str) -> Difference:
        return Difference(stated.page, stated.figure, stated.scope, said, right)

    def _against(self, stated: Stated) -> Recomputed:
        """A figure less the same figure of another scope."""
        before = "" if stated.against == "all" else stated.against
        one = self._as_frozen if stated.frozen else self._one
        now, then = one(stated.figure, stated.scope), one(stated.figure, before)
        if not now.value or not then.value:
            raise NotRecomputable("one of the two has no value")
        tenths = tenths_of(now.value) - tenths_of(then.value)
        whole, tenth = divmod(abs(tenths), 10)
        text = f"{whole}" + (f".{tenth}" if tenth or "." in now.value else "")
        value = f"-{text}" if tenths < 0 else text
        readings = {value, text}
        if stated.figure in MEDIANS:
            readings |= units(abs(tenths) // 5)
        return Recomputed(value, "", "", frozenset(readings))

    def recount(self, figure: str, scope: str) -> Values:
        """A figure as the open data have it today; "" thrice for what cannot be recomputed."""
        try:
            one = self._one(figure, scope)
        except NotRecomputable:
            return "", "", ""
        return one.value, one.numerator, one.denominator

    def _published(self, stated: Stated) -> Recomputed:
        """What a page must say: today's figure, or the one that it says is frozen."""
        if not stated.frozen:
            return self._one(stated.figure, stated.scope)
        frozen = self.frozen.get((stated.scope, stated.figure))
        if frozen is None or frozen.on != stated.frozen:
            raise NotRecomputable(f"not frozen on {stated.frozen}")
        return self._as_frozen(stated.figure, stated.scope)

    def _as_frozen(self, figure: str, scope: str) -> Recomputed:
        """The frozen figure where there is one, else today's."""
        frozen = self.frozen.get((scope, figure))
        if frozen is None:
            return self._one(figure, scope)
        value, top, bottom = frozen.values
        if figure in MEDIANS:
            return duration(round(float(value) * 2), int(bottom))
        return rate(int(top), int(bottom)) if bottom else counted(value)

    def _one(self, figure: str, scope: str) -> Recomputed:
        if figure in RATES:
            return rate(*(self._sums(scope)[COUNTS.index(name)] for name in RATES[figure]))
        if figure in MEDIANS:
            return duration(*self._medians(figure, scope))
        if figure == verify_coverage.FIGURE:
            return self._covered(scope)
        if figure in verify_coverage.COUNTS:
            covered = self._covered(scope)
            return counted((covered.numerator, covered.denominator)[figure == "coverage_points"])
        if figure == verify_coverage.GAPS:
            self._covered(scope)  # whether there is such a way to travel
            return counted(str(verify_coverage.gaps(self._counted, scope.removeprefix("mode="))))
        if figure == verify_reasons.COLUMN:
            return counted(str(self._grants(scope)))
        if figure in COUNTS:
            value = str(self._sums(scope)[COUNTS.index(figure)])
        elif figure == "shown":
            value = str(self._shown(scope))
        elif figure == "not_shown":
            value = str(self._sums(scope)[COUNTS.index("reported")] - self._shown(scope))
        elif (figure, scope) in self._whole:
            value = str(self._whole[figure, scope])
        elif figure == "frozen_months" and not scope:
            counting = "SELECT count(DISTINCT month) FROM frozen"
            value = str(self._tables.execute(counting).fetchone()[0])
        else:
            raise NotRecomputable("no such figure")
        return counted(value)

    def _where(self, scope: str, *, singles: bool) -> tuple[str, list[str]]:
        """The condition on `singles`, or on `measures` and `durations`, and its values."""
        wanted = scope_codes(scope)
        codes = {name: values for name, values in wanted.items() if name in CODES}
        conditions, bound = [], []
        if "month" in wanted:
            first, _, last = wanted["month"][0].partition("..")
            conditions.append("month BETWEEN ? AND ?")
            bound += [first, last or first]
        if singles:
            ((dimension, values),) = codes.items() or (("category", None),)
            conditions.append("dimension = ?")
            bound.append(dimension)
            codes = {"code": values} if values else {}
        else:
            conditions.append(f"part IN ('cell', {self._margin(codes, wanted)})")
        for name, values in codes.items():
            conditions.append(f"{name} IN ({', '.join('?' for _ in values)})")
            bound += values
        return " AND ".join(conditions), bound

    def _margin(self, codes: Mapping[str, list[str]], wanted: Mapping[str, list[str]]) -> str:
        """Which split of the counted-only categories answers for these dimensions."""
        if not wanted.keys().isdisjoint(("community", "stage")):
            raise NotRecomputable("the open data are not split so")
        if "listed" in wanted or self._listed.issuperset(codes.get("category", ["\0"])):
            return "''"
        if len(codes) > 1:
            raise NotRecomputable("counted-only categories are not crossed")
        return f"'by_{next(iter(codes), 'category')}'"

    def _sum(self, scope: str) -> tuple[int, ...]:
        wanted = scope_codes(scope)
        singles = len(wanted.keys() & set(CODES)) <= 1 and not wanted.keys() - {"month", *CODES}
        if singles and (place := place_of(wanted)):
            month, dimension, code = place
            found = self._one_dimension("singles", COUNTS, month)
            return found.get((dimension, code), (0,) * len(COUNTS))
        where, bound = self._where(scope, singles=singles)
        sums = ", ".join(f"coalesce(sum({name}), 0)" for name in COUNTS)
        table = "singles" if singles else "measures"
        found = self._tables.execute(f"SELECT {sums} FROM {table} WHERE {where}", bound).fetchone()
        return tuple(found)

    def _grouped(
        self, table: str, columns: tuple[str, ...], month: str | None
    ) -> dict[tuple[str, str | None], tuple[int, ...]]:
        """The sums of every dimension and code of a month, or of all: pages state thousands."""
        sums = ", ".join(f"sum({name})" for name in columns)
        where, bound = ("WHERE month = ?", (month,)) if month else ("", ())
        found: dict[tuple[str, str | None], tuple[int, ...]] = {}
        for code in ("code", "NULL"):
            for row in self._tables.execute(
                f"SELECT dimension, {code} AS c, {sums} FROM {table} {where} GROUP BY 1, 2", bound
            ):
                found[row[:2]] = row[2:]
        return found

    def _median(self, figure: str, scope: str) -> tuple[int | None, int]:
        """Twice the median minutes, and of how many."""
        where, bound = self._where(scope, singles=False)
        spread = self._tables.execute(
            f"SELECT minutes, sum(cases) FROM durations WHERE {where} AND clock = ?"
            " GROUP BY minutes ORDER BY minutes",
            [*bound, MEDIANS[figure]],
        ).fetchall()
        count = sum(cases for _, cases in spread)
        if count == 0:
            return None, 0
        middle, passed = [], 0
        for minutes, cases in spread:
            for position in ((count - 1) // 2, count // 2):
                if passed <= position < passed + cases:
                    middle.append(minutes)
            passed += cases
        return sum(middle), count

    def _covered(self, scope: str) -> Recomputed:
        wanted = dict(pair.split("=", 1) for pair in scope.split(";"))
        found = self._counted.get((wanted.get("mode", ""), wanted.get("outline", "")))
        if found is None:
            raise NotRecomputable("no such coverage")
        return verify_coverage.share(*found)

    def _grants(self, scope: str) -> int:
        """How often 延期 was granted, for one reason or for all."""
        where, bound = self._where(scope, singles=False)
        if reasons := scope_codes(scope).get("reason"):
            where += f" AND reason IN ({', '.join('?' for _ in reasons)})"
            bound += reasons
        statement = f"SELECT coalesce(sum(grants), 0) FROM {verify_reasons.TABLE} WHERE {where}"
        return int(self._tables.execute(statement, bound).fetchone()[0])

    def _shown(self, scope: str) -> int:
        wanted = scope_codes(scope)
        codes = {name: values for name, values in wanted.items() if name != "month"}
        if codes.keys() == {"closed_month", "community"}:  # a notice board
            codes = {"board": [f"{codes['closed_month'][0]} {codes['community'][0]}"]}
        if len(codes) > 1:
            raise NotRecomputable("shown cases are counted by one dimension")
        within = {name: values for name, values in wanted.items() if name == "month"}
        if codes.keys() <= _SHOWN_BY and (place := place_of(within | codes)):
            month, dimension, code = place
            return self._one_dimension("shown", ("shown",), month).get((dimension, code), (0,))[0]
        dimension, values = next(iter(codes.items()), ("category", None))
        conditions, bound = ["dimension = ?"], [dimension]
        if "month" in wanted:
            first, _, last = wanted["month"][0].partition("..")
            conditions.append("month BETWEEN ? AND ?")
            bound += [first, last or first]
        if values:
            conditions.append(f"code IN ({', '.join('?' for _ in values)})")
            bound += values
        statement = f"SELECT coalesce(sum(shown), 0) FROM shown WHERE {' AND '.join(conditions)}"
        return int(self._tables.execute(statement, bound).fetchone()[0])
