from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from local_systems import demonstration_system
from loop_parts import (
    RIDER,
    Clock,
    act,
    advanced,
    community,
    department,
    dispatcher,
    publish,
    reported,
    steward,
)

from suishou.domain.apply_event import fold
from suishou.domain.case import Case
from suishou.domain.errors import Invalid, KeyReused, Lost, NotAllowed, Refused
from suishou.domain.transitions import transitions
from suishou.services.advance_case import advance_case, case_file
from suishou.services.case_queue import QueueFilter, cases_of_rider, queue
from suishou.services.case_store import get_case, read_events
from suishou.services.identity import tracking_token
from suishou.services.system import System
from suishou.services.track_case import give_feedback, track, withdraw
from suishou.services.watch_deadlines import watch_deadlines
from suishou.storage import private_keys as keys
from suishou.storage.table import Replace, query_all


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def system(tmp_path: Path, clock: Clock) -> System:
    return demonstration_system(tmp_path, now=clock)


def test_the_loop_runs_from_report_to_closing(system: System) -> None:
    case = advanced(system, reported(system), "close")
    assert case.stage == "closed"
    kinds = [event.kind for event in read_events(system.private, case)]
    assert kinds == [
        "reported",
        "registered",
        "dispatched",
        "claimed",
        "accepted",
        "resolved",
        "verified",
        "closed",
    ]
    assert fold(read_events(system.private, case), case.id) == case


def test_the_first_step_of_anybody_stops_the_first_clock(system: System, clock: Clock) -> None:
    case_id = reported(system)
    clock.pass_(minutes=7)
    met = act(system, case_id, "register").clocks["first_response"].met_at
    assert met == clock.time


def test_of_two_stewards_who_claim_at_once_one_wins_and_the_other_is_told(system: System) -> None:
    case_id = reported(system)
    advanced(system, case_id, "dispatch")

    def claim(name: str) -> Case | Refused:
        try:
            return advance_case(system, steward(system, name=name), case_id, "claim", {}, name)
        except Lost as lost:
            return lost

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(claim, [f"steward-{n}" for n in range(8)]))
    won = [a for a in answers if isinstance(a, Case)]
    lost = [a for a in answers if isinstance(a, Lost)]
    assert (len(won), len(lost)) == (1, 7)
    assert {a.values_for_wording["held_by"] for a in lost} == {won[0].claimed_by}
    again = advance_case(
        system, steward(system, name=won[0].claimed_by), case_id, "claim", {}, won[0].claimed_by
    )
    assert again.claimed_by == won[0].claimed_by


def test_the_winner_s_repeat_without_a_key_is_answered_too(system: System) -> None:
    case_id = reported(system)
    first = advanced(system, case_id, "claim")
    assert act(system, case_id, "claim") == first


def test_one_key_with_other_fields_is_refused(system: System) -> None:
    case_id = reported(system)
    person = dispatcher(system)
    advance_case(system, person, case_id, "register", {"severity": ""}, "key")
    with pytest.raises(KeyReused):
        advance_case(system, person, case_id, "register", {"severity": "other"}, "key")


def test_an_officer_of_another_street_may_do_nothing(system: System) -> None:
    case_id = reported(system)
    stranger = dispatcher(system, position=1)
    with pytest.raises(NotAllowed):
        case_file(system, stranger, case_id)
    for action in transitions(system.programme.loop.steps):
        with pytest.raises((NotAllowed, Invalid)) as refused:
            advance_case(system, stranger, case_id, action, {"reason": "x"}, "")
        assert refused.value.code in ("not_your_case", "unknown_action")
    assert queue(system, stranger, QueueFilter()).entries == ()


def test_whoever_resolved_does_not_verify(system: System) -> None:
    case_id = reported(system)
    advanced(system, case_id, "claim")
    both = steward(system)
    both = type(both)(both.id, "staff", both.posts + dispatcher(system).posts)
    advance_case(system, both, case_id, "resolve", {"result": "已处理"}, "")
    with pytest.raises(NotAllowed):
        advance_case(system, both, case_id, "verify", {}, "")
    assert act(system, case_id, "verify").stage == "verified"


def test_a_department_hands_back_what_is_not_its_own(system: System) -> None:
    case_id = reported(system)
    advanced(system, case_id, "accept")
    lead = department(system.programme.categories["manhole"].lead_unit)
    reason = sorted(system.programme.loop.return_reasons)[0]
    fields = {"reason_code": reason, "reason": "该路段由另一家单位管养"}
    case = advance_case(system, lead, case_id, "return", fields, "")
    assert (case.stage, case.returned_count) == ("returned", 1)
    event = read_events(system.private, case)[-1]
    assert (event.actor.unit, event.data) == (lead.posts[0].scope, {"reason": reason})
    other = next(u for u in sorted(system.programme.units) if u != lead.posts[0].scope)
    again = advance_case(system, dispatcher(system), case_id, "dispatch", {"lead_unit": other}, "")
    assert (again.stage, again.lead_unit) == ("dispatched", other)


def test_a_hold_stops_the_clock_and_an_extension_moves_it(system: System, clock: Clock) -> None:
    case_id = reported(system)
    before = advanced(system, case_id, "accept").clocks["resolution"].due
    assert before is not None
    lead = department(system.programme.categories["manhole"].lead_unit)
    until = (before.replace(microsecond=0)).isoformat()
    ask = {"until": until, "reason": "等配件"}
    advance_case(system, lead, case_id, "ask_hold", ask, "")
    assert act(system, case_id, "hold").stage == "on_hold"
    clock.pass_(hours=30)
    assert watch_deadlines(system) == 0
    resumed = act(system, case_id, "resume")
    due = resumed.clocks["resolution"].due
    assert resumed.stage == "accepted"
    assert due is not None and due > before
    later = {"until": due.replace(year=due.year + 1).isoformat(), "reason": "等配件"}
    advance_case(system, lead, case_id, "ask_extension", later, "")
    extended = act(system, case_id, "extend")
    assert extended.extended_count == 1
    assert extended.clocks["resolution"].due == due.replace(year=due.year + 1)


def test_nothing_is_extended_that_nobody_asked_for(system: System) -> None:
    case_id = reported(system)
    advanced(system, case_id, "accept")
    with pytest.raises(Lost):
        act(system, case_id, "extend")


def test_a_merged_case_points_to_the_other_and_is_known_there(system: System) -> None:
    first = reported(system)
    second = reported(system, key="key-2")
    merged = act(system, second, "merge", into=first)
    assert (merged.stage, merged.merged_into) == ("merged", first)
    assert get_case(system.private, first).case.duplicates == (second,)


def test_a_deadline_that_passed_is_an_event_and_a_level(system: System, clock: Clock) -> None:
    case_id = reported(system)
    act(system, case_id, "register")
    clock.pass_(days=30)
    assert watch_deadlines(system) == 2
    case = get_case(system.private, case_id).case
    assert case.clocks["resolution"].overdue
    assert case.escalation_level == 1
    assert watch_deadlines(system) == 0


def test_an_action_after_the_deadline_notices_it_by_itself(system: System, clock: Clock) -> None:
    case_id = reported(system)
    clock.pass_(days=30)
    case = act(system, case_id, "register")
    assert case.clocks["first_response"].overdue
    assert case.clocks["resolution"].overdue
    assert watch_deadlines(system) == 0


def test_an_unsatisfied_reporter_reopens_and_a_satisfied_one_confirms(system: System) -> None:
    case_id = reported(system)
    advanced(system, case_id, "close")
    token = tracking_token(system.secret, case_id)
    with pytest.raises(Invalid) as refused:
        give_feedback(system, case_id, token, False, "", "")
    assert refused.value.field == "reason"
    case = give_feedback(system, case_id, token, False, "又松了", "")
    assert (case.stage, case.reopened_count, case.satisfied) == ("reopened", 1, False)
    for action in ("dispatch", "claim", "accept", "resolve", "verify", "close"):
        act(system, case_id, action)
    assert give_feedback(system, case_id, token, True, "", "").satisfied is True


def test_reopening_ends_with_its_days(system: System, clock: Clock) -> None:
    case_id = reported(system)
    advanced(system, case_id, "close")
    clock.pass_(days=system.programme.loop.reopen_days_max + 1)
    with pytest.raises(Invalid) as refused:
        give_feedback(system, case_id, tracking_token(system.secret, case_id), False, "晚了", "")
    assert refused.value.code == "too_late_to_reopen"


def test_a_wrong_token_and_a_wrong_id_get_the_same_answer(system: System) -> None:
    case_id = reported(system)
    answers = set()
    for wrong in ((case_id, "x" * 32), ("y" * 20, tracking_token(system.secret, case_id))):
        with pytest.raises(Refused) as refused:
            track(system, *wrong)
        answers.add((type(refused.value), refused.value.code, refused.value.field))
    assert len(answers) == 1


def test_a_rider_sees_their_own_case_and_no_other(system: System) -> None:
    case_id = reported(system)
    assert track(system, case_id, "", RIDER).case.id == case_id
    with pytest.raises(Refused):
        track(system, case_id, "", type(RIDER)("rider-2", "rider"))
    assert [c.id for c in cases_of_rider(system, "rider-1")[0]] == [case_id]
    assert cases_of_rider(system, "rider-2") == ((), None)


def test_a_report_may_be_withdrawn_before_it_is_dispatched(system: System) -> None:
    case_id = reported(system)
    token = tracking_token(system.secret, case_id)
    assert withdraw(system, case_id, token, "").stage == "withdrawn"
    with pytest.raises(Lost):
        act(system, case_id, "register")


def test_a_draft_with_a_telephone_number_is_refused(system: System) -> None:
    case_id = reported(system)
    words = {"title": "井盖", "text": "请联系 13800138000"}
    with pytest.raises(Invalid) as refused:
        advance_case(system, dispatcher(system), case_id, "draft", words, "")
    assert (refused.value.code, refused.value.field) == ("personal_data_found", "text")


def test_whoever_drafted_does_not_approve(system: System) -> None:
    case_id = reported(system)
    words = {"title": "井盖松动", "text": "井盖松动。"}
    case = advance_case(system, dispatcher(system), case_id, "draft", words, "")
    with pytest.raises(NotAllowed):
        advance_case(system, dispatcher(system), case_id, "approve", {"draft": case.draft}, "")


def test_erasure_takes_the_words_and_leaves_the_history(system: System) -> None:
    case_id = reported(system, description="独特的描述")
    publish(system, case_id)
    act(system, case_id, "redact", reason="本人要求")
    file = case_file(system, dispatcher(system), case_id)
    assert file.text == {"erased": True}
    assert [e.kind for e in file.events] == ["reported", "drafted", "approved", "text_erased"]
    publication = system.private.get(keys.case(case_id), keys.PUBLICATION)
    assert publication is not None and publication.body == {"erased": True}


def test_the_queue_has_emergencies_first_then_the_nearest_deadline(
    system: System, clock: Clock
) -> None:
    later = reported(system, key="a", category="street_lamp")
    clock.pass_(minutes=5)
    sooner = reported(system, key="b", category="fire_lane")
    clock.pass_(minutes=5)
    gas = reported(system, key="c", category="gas_smell")
    page = queue(system, dispatcher(system), QueueFilter())
    found = [entry.case.id for entry in page.entries]
    assert found[0] == gas
    assert set(found[1:]) == {later, sooner}
    dues = [entry.next_due for entry in page.entries[1:]]
    assert dues == sorted(dues)  # type: ignore[type-var]


def test_the_queue_is_paged_and_filtered(system: System) -> None:
    made = {reported(system, key=f"k{n}") for n in range(5)}
    lamp = reported(system, key="lamp", category="street_lamp")
    seen, cursor = [], None
    while True:
        page = queue(system, dispatcher(system), QueueFilter(), cursor, 2)
        seen += [entry.case.id for entry in page.entries]
        cursor = page.cursor
        if cursor is None:
            break
    assert sorted(seen) == sorted(made | {lamp})
    only = queue(system, dispatcher(system), QueueFilter(category="street_lamp"))
    assert [entry.case.id for entry in only.entries] == [lamp]


def test_a_department_s_queue_holds_what_it_leads_or_assists(system: System) -> None:
    case_id = reported(system)
    lead = department(system.programme.categories["manhole"].lead_unit)
    assert queue(system, lead, QueueFilter()).entries == ()
    advanced(system, case_id, "dispatch")
    assert [e.case.id for e in queue(system, lead, QueueFilter()).entries] == [case_id]
    advanced_case = get_case(system.private, case_id).case
    assert advanced_case.community == community(system)


def test_similar_open_cases_nearby_are_shown_to_staff(system: System) -> None:
    first, second = reported(system), reported(system, key="key-2")
    assert case_file(system, dispatcher(system), first).nearby == (second,)


def test_a_case_with_more_notes_than_one_write_holds_is_erased_whole(system: System) -> None:
    case_id = reported(system)
    for number in range(120):
        act(system, case_id, "note", reason=f"独特的备注 {number}")
    act(system, case_id, "redact", reason="本人要求")
    for item in query_all(system.private, keys.case(case_id)):
        assert "独特" not in str(item.body)


def test_a_poison_case_hides_no_other_s_deadline(system: System, clock: Clock) -> None:
    first, second = sorted((reported(system), reported(system, key="key-2")))
    for case_id in (first, second):
        act(system, case_id, "register")
    head = system.private.get(keys.case(first), keys.HEAD)
    assert head is not None
    broken = Replace(head.partition, head.sort, head.version, {"broken": True})
    system.private.write([broken])
    clock.pass_(days=30)
    assert watch_deadlines(system) == 2
    assert get_case(system.private, second).case.escalation_level == 1
    assert system.private.get(keys.FAILED, first) is not None
