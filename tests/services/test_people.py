"""Riders and staff: enrolled once, signed in by a token that is kept nowhere, revoked at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from suishou.domain.display_name import masked, shown_name
from suishou.domain.errors import Invalid, KeyReused, Lost, NotAllowed, NotFound, NotSignedIn
from suishou.domain.people import ANONYMOUS, Post, Principal
from suishou.services import people
from suishou.services.system import System
from suishou.services.tokens import VALID_DAYS
from suishou.wiring import close
from tests.services.local_systems import NOON, real_system

DEPARTMENT = (Post("department", "urban_management"),)


@pytest.fixture
def system(tmp_path: Path):
    made = real_system(tmp_path)
    yield made
    close(made)


@pytest.fixture
def admin(system: System) -> Principal:
    return people.operator(system)


def test_a_rider_signs_in_with_the_token_of_the_enrolment(system: System, admin: Principal) -> None:
    enrolled = people.enrol_rider(system, admin, "张三", "138 0000-0001")
    assert people.sign_in(system, enrolled.token) == Principal(enrolled.id, "rider")
    assert people.profile(system, enrolled.id).phone == "13800000001"


def test_staff_sign_in_with_their_posts(system: System, admin: Principal) -> None:
    posts = (Post("community", system.programme.communities[0].code), *DEPARTMENT, *DEPARTMENT)
    enrolled = people.enrol_staff(system, admin, "李四", posts)
    principal = people.sign_in(system, enrolled.token)
    assert principal.kind == "staff"
    assert set(principal.posts) == set(posts)
    assert not principal.is_admin


def test_a_retried_enrolment_answers_the_same_person_and_token(
    system: System, admin: Principal
) -> None:
    first = people.enrol_rider(system, admin, "张三", "13800000001", consent="2026-1", key="k")
    later = replace(system, now=lambda: NOON + timedelta(days=1))
    assert (
        people.enrol_rider(later, admin, "张三", "13800000001", consent="2026-1", key="k") == first
    )
    assert len(people.riders(system, admin)[0]) == 1


def test_the_same_key_with_other_fields_is_refused(system: System, admin: Principal) -> None:
    people.enrol_staff(system, admin, "李四", DEPARTMENT, key="k")
    with pytest.raises(KeyReused):
        people.enrol_staff(system, admin, "王五", DEPARTMENT, key="k")


def test_one_telephone_enrols_one_rider(system: System, admin: Principal) -> None:
    first = people.enrol_rider(system, admin, "张三", "13800000001")
    with pytest.raises(Lost) as refused:
        people.enrol_rider(system, admin, "张三丰", "+86 １３８００００ ０００１")
    assert refused.value.field == "phone"
    assert refused.value.values_for_wording["id"] == first.id
    assert len(people.riders(system, admin)[0]) == 1


def test_riders_without_a_telephone_are_enrolled_each(system: System, admin: Principal) -> None:
    ids = {people.enrol_rider(system, admin, "张三", "").id for _ in range(3)}
    assert len(ids) == 3


def test_the_token_itself_is_stored_nowhere(
    system: System, admin: Principal, tmp_path: Path
) -> None:
    enrolled = people.enrol_rider(system, admin, "张三", "13800000001")
    close(system)
    for file in (tmp_path / "data").rglob("*"):
        if file.is_file():
            assert enrolled.token.encode() not in file.read_bytes(), file


@pytest.mark.parametrize("by", [ANONYMOUS, Principal("r1", "rider"), Principal("s1", "staff")])
def test_only_admins_enrol_list_and_revoke(system: System, by: Principal) -> None:
    for attempt in (
        lambda: people.enrol_rider(system, by, "张三", ""),
        lambda: people.enrol_staff(system, by, "张三", DEPARTMENT),
        lambda: people.revoke(system, by, "r" + "0" * 20),
        lambda: people.renew(system, by, "r" + "0" * 20),
        lambda: people.riders(system, by),
        lambda: people.staff(system, by),
    ):
        with pytest.raises(NotAllowed, match="admins_only"):
            attempt()


def test_a_demonstration_takes_no_real_people(system: System, admin: Principal) -> None:
    demonstration = replace(system, programme=replace(system.programme, demonstration=True))
    with pytest.raises(NotAllowed, match="demonstration_only"):
        people.enrol_rider(demonstration, admin, "张三", "")
    people.enrol_rider(demonstration, admin, "张三", "", demonstration=True)


@pytest.mark.parametrize(
    ("posts", "field"),
    [
        ((), "posts"),
        ((Post("mayor", "360926"),), "posts.0.role"),  # type: ignore[arg-type]
        ((*DEPARTMENT, Post("department", "360926")), "posts.1.scope"),
        ((Post("dispatcher", "urban_management"),), "posts.0.scope"),
        ((Post("admin", "urban_management"),), "posts.0.scope"),
        ((Post("community", ""),), "posts.0.scope"),
    ],
)
def test_a_post_that_cannot_be_is_named(
    system: System, admin: Principal, posts: tuple[Post, ...], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        people.enrol_staff(system, admin, "李四", posts)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("name", "phone", "display", "alias", "field"),
    [
        ("", "", "masked", "", "name"),
        (" \u202e\n ", "", "masked", "", "name"),
        ("长" * 41, "", "masked", "", "name"),
        ("张三", "12345", "masked", "", "phone"),
        ("张三", "１38000000012", "masked", "", "phone"),
        ("张三", "", "loud", "", "display"),
        ("张三", "", "alias", " ", "alias"),
        ("张三", "", "alias", "电话13800000001", "alias"),
    ],
)
def test_a_bad_field_is_named(
    system: System, admin: Principal, name: str, phone: str, display: str, alias: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        people.enrol_rider(system, admin, name, phone, display, alias)
    assert refused.value.field == field
    assert people.riders(system, admin)[0] == ()


@pytest.mark.parametrize("token", ["", "x", "x" * 10_000, "token\0", "张三"])
def test_an_unknown_token_signs_nobody_in(system: System, token: str) -> None:
    with pytest.raises(NotSignedIn):
        people.sign_in(system, token)


def test_a_revoked_person_is_signed_in_no_longer(system: System, admin: Principal) -> None:
    enrolled = people.enrol_staff(system, admin, "李四", DEPARTMENT)
    people.revoke(system, admin, enrolled.id)
    people.revoke(system, admin, enrolled.id)
    with pytest.raises(NotSignedIn):
        people.sign_in(system, enrolled.token)
    assert people.staff(system, admin)[0][0].revoked


def test_a_renewed_token_replaces_the_lost_one(system: System, admin: Principal) -> None:
    old = people.enrol_rider(system, admin, "张三", "", key="k")
    people.revoke(system, admin, old.id)
    new = people.renew(system, admin, old.id)
    assert new.token != old.token
    assert people.sign_in(system, new.token).id == old.id
    with pytest.raises(NotSignedIn):
        people.sign_in(system, old.token)


def test_a_token_expires(system: System, admin: Principal) -> None:
    enrolled = people.enrol_staff(system, admin, "李四", DEPARTMENT)
    for days, good in ((VALID_DAYS["staff"] - 1, True), (VALID_DAYS["staff"], False)):
        later = replace(system, now=lambda days=days: NOON + timedelta(days=days))
        if good:
            people.sign_in(later, enrolled.token)
        else:
            with pytest.raises(NotSignedIn, match="expired"):
                people.sign_in(later, enrolled.token)


@pytest.mark.parametrize("person_id", ["", "r1", "r" + "0" * 20, "x" * 5_000, "s" + "0" * 20])
def test_an_unknown_person_is_not_found(system: System, admin: Principal, person_id: str) -> None:
    with pytest.raises(NotFound):
        people.revoke(system, admin, person_id)


def test_lists_are_paged(system: System, admin: Principal) -> None:
    enrolled = {people.enrol_rider(system, admin, f"张{n}", "").id for n in range(5)}
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page, cursor = people.riders(system, admin, cursor, 2)
        seen += [rider.id for rider in page]
        if cursor is None:
            break
    assert seen == sorted(enrolled)
    with pytest.raises(Invalid):
        people.riders(system, admin, "forged", 2)
    with pytest.raises(Invalid):
        people.riders(system, admin, None, 0)


def test_a_rider_chooses_the_name_that_is_shown(system: System, admin: Principal) -> None:
    rider = people.enrol_rider(system, admin, "张三", "").id
    agreed = people.set_display(system, rider, "alias", "阿三", "2026-1")
    assert (agreed.display, agreed.alias, agreed.consent) == ("alias", "阿三", "2026-1")
    later = replace(system, now=lambda: NOON + timedelta(days=1))
    assert people.set_display(later, rider, "full", "", "2026-1").consent_at == agreed.consent_at
    assert people.set_display(later, rider, "full", "", "").consent == ""
    assert people.profile(system, rider).display == "full"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("张三", "张*"), ("欧阳小明", "欧阳**"), ("欧阳", "欧*"), ("张", "*"), ("Anna", "A***")],
)
def test_a_masked_name_keeps_the_surname(name: str, shown: str) -> None:
    assert masked(name) == shown


@pytest.mark.parametrize(
    ("display", "alias", "consented", "shown"),
    [
        ("full", "", True, "张三"),
        ("masked", "", True, "张*"),
        ("alias", "阿三", True, "阿三"),
        ("alias", "", True, "张*"),
        ("none", "阿三", True, None),
        ("full", "阿三", False, None),
    ],
)
def test_nothing_is_shown_beyond_the_choice(
    display: str, alias: str, consented: bool, shown: str | None
) -> None:
    assert shown_name("张三", display, alias, consented) == shown
