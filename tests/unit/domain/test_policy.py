"""The rules of the state, row by row; how a place's rule replaces them; what a change touches."""

from datetime import date
from fractions import Fraction
from typing import Any

import msgspec
import pytest

from wuguan.domain.policy import PolicyBook, Rule, Source, changed_from
from wuguan.domain.policy_faults import RuleFault, looser_faults, policy_faults
from wuguan.policy_packs import shipped_rules

PATH = ("2199000001", "990101", "990000")
SCHOOL, DISTRICT, PROVINCE = PATH
LATE = date(2026, 9, 14)

HOMEWORK = {"metric": "homework.minutes", "keeps": "at_most", "stages": ("junior",)}
SCREEN = {"metric": "phone.screen_time", "keeps": "at_most", "binding": "should"}
SLEEP = {"metric": "sleep.duration", "keeps": "at_least", "stages": ("senior",)}
MARKING = {"metric": "homework.marking", "keeps": "kept", "stages": ("junior",)}


def rule(rule_id: str, **members: Any) -> Rule:
    given: dict[str, Any] = {
        "from_day": date(2022, 9, 1),
        "binding": "must",
        "title": "A rule",
        "title_zh": "规定",
        "source": Source(title="通知", document="一号", clause="条文", verified="V"),
    }
    return Rule(rule_id=rule_id, **(given | members))


def homework(rule_id: str, value: int, unit: str | None = DISTRICT, **members: Any) -> Rule:
    return rule(rule_id, value=value, unit=unit, **(HOMEWORK | members))


def named(book: PolicyBook, day: date = LATE, path: tuple[str, ...] = PATH) -> str | None:
    """The id of the rule for written minutes of a grade 8 class."""
    found = book.rule_for("homework.minutes", path, day, "junior", 8)
    return found.rule_id if found else None


def faults_of(*rules: Rule) -> list[tuple[int, str, str]]:
    return [(fault.index, fault.member, fault.code) for fault in policy_faults(rules)]


@pytest.fixture(scope="module")
def national() -> PolicyBook:
    return PolicyBook(shipped_rules())


# metric, stage, grade, day, the rule that judges (None: nothing is judged)
TABLE = [
    ("homework.written_set", "primary", 1, "2018-12-27", None),
    ("homework.written_set", "primary", 1, "2018-12-28", "cn-2018-homework-g12"),
    ("homework.written_set", "primary", 2, "2026-09-14", "cn-2018-homework-g12"),
    ("homework.written_set", "primary", 3, "2026-09-14", None),
    ("homework.written_set", "junior", 7, "2026-09-14", None),
    ("homework.minutes", "primary", 2, "2026-09-14", None),
    ("homework.minutes", "primary", 3, "2021-04-07", None),
    ("homework.minutes", "primary", 3, "2021-04-08", "cn-2021-homework-primary"),
    ("homework.minutes", "primary", 6, "2026-09-14", "cn-2021-homework-primary"),
    ("homework.minutes", "junior", 6, "2026-09-14", "cn-2021-homework-junior"),
    ("homework.minutes", "junior", 9, "2021-04-07", None),
    ("homework.minutes", "junior", 9, "2021-04-08", "cn-2021-homework-junior"),
    ("homework.minutes", "senior", 10, "2026-09-14", None),
    ("homework.weekend_minutes", "primary", 4, "2026-09-14", None),
    ("homework.channel", "senior", 12, "2021-01-14", None),
    ("homework.channel", "senior", 12, "2021-01-15", "cn-2021-homework-channel"),
    ("homework.channel", "primary", 1, "2026-09-14", "cn-2021-homework-channel"),
    ("homework.marking", "primary", 1, "2021-07-23", None),
    ("homework.marking", "primary", 1, "2021-07-24", "cn-2021-homework-marking"),
    ("homework.marking", "junior", 9, "2021-07-24", "cn-2021-homework-marking"),
    ("homework.marking", "senior", 10, "2026-09-14", None),
    ("sleep.duration", "primary", 5, "2021-03-29", None),
    ("sleep.duration", "primary", 5, "2021-03-30", "cn-2021-sleep-primary"),
    ("sleep.duration", "junior", 6, "2021-03-30", "cn-2021-sleep-junior"),
    ("sleep.duration", "senior", 11, "2021-03-30", "cn-2021-sleep-senior"),
    ("sleep.bedtime", "primary", 5, "2021-03-29", None),
    ("sleep.bedtime", "primary", 5, "2021-03-30", "cn-2021-bedtime-primary"),
    ("sleep.bedtime", "junior", 6, "2021-03-30", "cn-2021-bedtime-junior"),
    ("sleep.bedtime", "senior", 11, "2021-03-30", "cn-2021-bedtime-senior"),
    ("phone.custody", "junior", 7, "2021-01-14", None),
    ("phone.custody", "junior", 7, "2021-01-15", "cn-2021-phone-custody"),
    ("phone.classroom", "senior", 12, "2021-01-14", None),
    ("phone.classroom", "senior", 12, "2021-01-15", "cn-2021-phone-classroom"),
    ("phone.screen_time", "primary", 1, "2018-08-29", None),
    ("phone.screen_time", "primary", 1, "2018-08-30", "cn-2018-screen"),
    ("reading.swept", "senior", 10, "2021-03-30", None),
    ("reading.swept", "senior", 10, "2021-03-31", "cn-2021-reading-swept"),
    ("reading.loans", "primary", 3, "2026-09-14", None),
    ("fitness.exercise", "primary", 3, "2021-04-18", None),
    ("fitness.exercise", "primary", 3, "2021-04-19", "cn-2021-exercise"),
    ("fitness.sport_time", "senior", 10, "2025-01-19", None),
    ("fitness.sport_time", "senior", 10, "2025-01-20", "cn-2025-sport-time"),
    ("fitness.big_break", "junior", 8, "2021-04-18", None),
    ("fitness.big_break", "junior", 8, "2021-04-19", "cn-2021-big-break"),
    ("fitness.big_break", "junior", 8, "2025-11-18", "cn-2021-big-break"),
    ("fitness.big_break", "junior", 8, "2025-11-19", "cn-2025-big-break"),
    ("fitness.pe_kept", "senior", 12, "2021-04-18", None),
    ("fitness.pe_kept", "senior", 12, "2021-04-19", "cn-2021-pe-kept"),
    ("fitness.out_of_school", "primary", 1, "2021-04-18", None),
    ("fitness.out_of_school", "primary", 1, "2021-04-19", "cn-2021-out-of-school"),
    ("sleep.reporting", "primary", 1, "2026-09-14", None),
]

# rule, what keeps it, how binding
CONTENT = [
    ("cn-2018-homework-g12", "at_most", 0, None, "must", True),
    ("cn-2021-homework-primary", "at_most", 60, None, "must", False),
    ("cn-2021-homework-junior", "at_most", 90, None, "must", False),
    ("cn-2021-homework-channel", "at_most", 0, None, "must", True),
    ("cn-2021-homework-marking", "kept", None, None, "must", False),
    ("cn-2021-sleep-primary", "at_least", 600, None, "must", False),
    ("cn-2021-sleep-junior", "at_least", 540, None, "must", False),
    ("cn-2021-sleep-senior", "at_least", 480, None, "must", False),
    ("cn-2021-bedtime-primary", "at_most", 560, None, "should", False),
    ("cn-2021-bedtime-junior", "at_most", 600, None, "should", False),
    ("cn-2021-bedtime-senior", "at_most", 660, None, "should", False),
    ("cn-2021-phone-custody", "kept", None, None, "should", False),
    ("cn-2021-phone-classroom", "at_most", 0, None, "must", True),
    ("cn-2018-screen", "at_most", 60, 15, "should", False),
    ("cn-2021-reading-swept", "kept", None, None, "must", False),
    ("cn-2021-exercise", "at_least", 60, None, "must", False),
    ("cn-2025-sport-time", "at_least", 120, None, "must", False),
    ("cn-2021-big-break", "at_least", 1, None, "must", False),
    ("cn-2025-big-break", "at_least", 2, None, "must", False),
    ("cn-2021-pe-kept", "kept", None, None, "must", False),
    ("cn-2021-out-of-school", "at_least", 60, None, "should", False),
]


@pytest.mark.parametrize(("metric", "stage", "grade", "day", "expected"), TABLE)
def test_the_state_asks_what_its_documents_say(
    national: PolicyBook, metric: str, stage: str, grade: int, day: str, expected: str | None
) -> None:
    found = national.rule_for(metric, PATH, date.fromisoformat(day), stage, grade)

    assert (found.rule_id if found else None) == expected


def test_each_rule_of_the_state_has_its_bound_and_force(national: PolicyBook) -> None:
    held = {
        (r.rule_id, r.keeps, r.value, r.longest_at_most, r.binding, r.prohibition)
        for r in national.rules
    }

    assert held == set(CONTENT)
    assert not any(r.nap_counts or r.waiver or r.unit for r in national.rules)


def test_a_bound_itself_keeps_the_rule() -> None:
    at_most, at_least = homework("a", 60), rule("b", value=60, keeps="at_least", metric="m")

    assert at_most.kept_by(60)
    assert not at_most.kept_by(Fraction(181, 3))
    assert at_least.kept_by(60)
    assert not at_least.kept_by(Fraction(179, 3))


def test_a_rule_without_a_value_compares_nothing() -> None:
    with pytest.raises(ValueError, match="no value"):
        rule("a", **MARKING).kept_by(1)


def test_a_stricter_local_rule_replaces_the_national_one_in_its_place_only() -> None:
    book = PolicyBook([*shipped_rules(), homework("local", 80)])

    assert named(book) == "local"
    assert named(book, path=("3199000009", "990102", PROVINCE)) == "cn-2021-homework-junior"
    assert named(book, day=date(2022, 8, 31)) == "cn-2021-homework-junior"


def test_the_strictest_counts_wherever_it_stands_on_the_path() -> None:
    strict_above = [homework("school", 80, SCHOOL), homework("province", 70, PROVINCE)]
    strict_below = [homework("school", 70, SCHOOL), homework("province", 80, PROVINCE)]

    assert named(PolicyBook(strict_above)) == "province"
    assert named(PolicyBook(strict_below)) == "school"


def test_of_equal_rules_the_one_of_the_nearest_place_is_named() -> None:
    rules = [homework("a-province", 90, PROVINCE), homework("z-district", 90)]

    assert named(PolicyBook([*shipped_rules(), *rules])) == "z-district"


def test_of_equal_rules_of_one_place_the_later_then_the_first_id_is_named() -> None:
    later = homework("z-later", 90, from_day=date(2023, 9, 1))

    assert named(PolicyBook([homework("b", 90), later])) == "z-later"
    assert named(PolicyBook([homework("b", 90), homework("a", 90)])) == "a"


def test_a_duty_comes_before_an_advice_of_a_nearer_place() -> None:
    advice = homework("school", 80, SCHOOL, binding="should")

    assert named(PolicyBook([advice, homework("district", 80)])) == "district"


def test_more_sleep_is_stricter_and_a_nap_is_not() -> None:
    plain = rule("plain", value=500, unit=DISTRICT, **SLEEP)
    more = rule("more", value=510, unit=PROVINCE, **SLEEP)
    nap = rule("nap", value=500, unit=SCHOOL, nap_counts=True, **SLEEP)

    def sleep_rule(*rules: Rule) -> str | None:
        found = PolicyBook(rules).rule_for("sleep.duration", PATH, LATE, "senior", 11)
        return found.rule_id if found else None

    assert sleep_rule(plain, more) == "more"
    assert sleep_rule(plain, nap) == "plain"


def test_a_shorter_stretch_of_screens_is_stricter() -> None:
    local = rule("local", value=60, longest_at_most=10, unit=DISTRICT, **SCREEN)

    found = PolicyBook([*shipped_rules(), local]).rule_for(
        "phone.screen_time", PATH, LATE, "primary", 3
    )

    assert found == local


def test_a_waiver_replaces_all_rules_of_places_above() -> None:
    waived = homework("district", 100, waiver="批复")
    book = PolicyBook([*shipped_rules(), homework("province", 80, PROVINCE), waived])

    assert named(book) == "district"
    assert named(book, path=("3199000009", "990102", PROVINCE)) == "province"
    assert named(book, day=date(2022, 8, 31)) == "cn-2021-homework-junior"


def test_a_place_below_a_waiver_may_still_be_stricter() -> None:
    waived = homework("province", 100, PROVINCE, waiver="批复")
    book = PolicyBook([*shipped_rules(), waived, homework("district", 85)])

    assert named(book) == "district"


def test_an_ended_rule_gives_way_on_the_day_after_its_last() -> None:
    book = PolicyBook([*shipped_rules(), homework("local", 80, to_day=date(2026, 9, 14))])

    assert named(book, date(2026, 9, 14)) == "local"
    assert named(book, date(2026, 9, 15)) == "cn-2021-homework-junior"


def test_equal_books_share_a_fingerprint_whatever_the_order() -> None:
    rules = [*shipped_rules(), homework("local", 80)]

    one, other = PolicyBook(rules), PolicyBook(rules[::-1])

    assert one == other
    assert one.fingerprint() == other.fingerprint()
    assert one.fingerprint() != PolicyBook([*rules[:-1], homework("local", 70)]).fingerprint()


def test_a_book_survives_json() -> None:
    book = PolicyBook([*shipped_rules(), homework("local", 80, waiver="批复", to_day=LATE)])

    stored = msgspec.json.decode(msgspec.json.encode(book), type=PolicyBook)

    assert stored == book
    assert stored.fingerprint() == book.fingerprint()
    assert named(stored) == "local"


def test_unchanged_rules_touch_nothing() -> None:
    before = [homework("a", 80), homework("b", 90, waiver="批复", unit=SCHOOL)]
    other = Source(title="另一通知", document="二号", clause="另一条文", verified="U")
    retold = msgspec.structs.replace(before[0], title="New", title_zh="新", source=other)
    reworded = msgspec.structs.replace(before[1], waiver="另一批复")

    assert changed_from(before, [reworded, retold]) == []


def test_a_new_rule_touches_its_days_in_its_place() -> None:
    local = homework("a", 80, to_day=LATE)

    assert changed_from([], [local]) == [(DISTRICT, date(2022, 9, 1), LATE)]
    assert changed_from([local], []) == [(DISTRICT, date(2022, 9, 1), LATE)]


def test_ending_a_rule_touches_only_the_days_after() -> None:
    before, after = homework("a", 80), homework("a", 80, to_day=LATE)

    assert changed_from([before], [after]) == [(DISTRICT, date(2026, 9, 15), None)]


def test_moving_a_beginning_touches_only_the_days_between() -> None:
    before, after = homework("a", 80), homework("a", 80, from_day=date(2023, 1, 1))

    assert changed_from([before], [after]) == [(DISTRICT, date(2022, 9, 1), date(2022, 12, 31))]


def test_changed_spans_of_a_place_are_joined_and_the_state_comes_first() -> None:
    local = homework("a", 80, to_day=date(2022, 12, 31))
    next_local = homework("b", 70, from_day=date(2023, 1, 1))
    national_rule = homework("n", 90, unit=None, from_day=date(2021, 4, 8))

    assert changed_from([], [next_local, local, national_rule]) == [
        (None, date(2021, 4, 8), None),
        (DISTRICT, date(2022, 9, 1), None),
    ]


def test_a_rule_up_to_the_last_day_of_all_is_no_trap() -> None:
    forever = homework("a", 80, to_day=date.max)

    assert changed_from([], [forever]) == [(DISTRICT, date(2022, 9, 1), date.max)]
    assert named(PolicyBook([forever]), date.max) == "a"


@pytest.mark.parametrize(
    "change",
    [
        {"rule_id": "b"},
        {"value": 81},
        {"binding": "should"},
        {"in_line_percent": 99},
        {"grades": (8,)},
        {"stages": ()},
        {"waiver": "批复"},
    ],
)
def test_whatever_is_asked_otherwise_is_a_change(change: dict[str, Any]) -> None:
    before = homework("a", 80)

    after = msgspec.structs.replace(before, **change)

    assert changed_from([before], [after]) == [(DISTRICT, date(2022, 9, 1), None)]


def test_the_rules_of_the_state_have_no_fault() -> None:
    assert policy_faults(shipped_rules()) == []


@pytest.mark.parametrize(
    ("local", "member"),
    [
        (homework("a", 91), "value"),
        (homework("a", 80, binding="should"), "binding"),
        (homework("a", 80, in_line_percent=94), "in_line_percent"),
        (homework("a", 80, stages=()), "value"),  # primary classes have 60
        (rule("a", value=479, unit=DISTRICT, **SLEEP), "value"),
        (rule("a", value=500, unit=DISTRICT, nap_counts=True, **SLEEP), "nap_counts"),
        (rule("a", value=50, longest_at_most=20, unit=DISTRICT, **SCREEN), "longest_at_most"),
        (rule("a", unit=DISTRICT, binding="should", **MARKING), "binding"),
        (rule("a", value=1, keeps="at_least", metric="fitness.big_break", unit=SCHOOL), "value"),
    ],
)
def test_a_looser_local_rule_is_refused(local: Rule, member: str) -> None:
    faults = policy_faults([local, *shipped_rules()])

    assert {(fault.index, fault.member, fault.code) for fault in faults} == {(0, member, "looser")}


def test_a_looser_rule_is_told_what_it_is_looser_than_and_how_to_mend_it() -> None:
    faults = looser_faults([*shipped_rules(), homework("a", 91)])

    assert [(fault.message, fault.message_zh) for fault in faults] == [
        (
            "is looser than the national rule cn-2021-homework-junior; ask for at least as much, "
            "choose days outside it, or name in waiver the document that allows it.",
            "比国家规定 cn-2021-homework-junior 宽松；请收紧到不低于国家规定、改日期错开，"
            "或以 waiver 写明准予放宽的文件。",
        )
    ]


@pytest.mark.parametrize(
    "local",
    [
        homework("a", 90),
        homework("a", 100, waiver="批复"),
        homework("a", 100, from_day=date(2020, 9, 1), to_day=date(2021, 4, 7)),
        homework("a", 200, stages=("senior",)),
        homework("a", 20, stages=("primary",), grades=(1, 2), binding="should"),
        rule("a", value=120, unit=DISTRICT, metric="homework.weekend_minutes", keeps="at_most"),
        rule(
            "a",
            value=1,
            unit=SCHOOL,
            metric="fitness.big_break",
            keeps="at_least",
            from_day=date(2024, 9, 1),
            to_day=date(2025, 11, 18),
        ),
    ],
)
def test_a_local_rule_that_asks_no_less_than_the_state_is_taken(local: Rule) -> None:
    assert policy_faults([*shipped_rules(), local]) == []


def test_two_rules_of_one_place_may_not_share_a_day_and_a_class() -> None:
    first = homework("a", 80, to_day=date(2023, 8, 31))
    shares_a_day = homework("b", 70, from_day=date(2023, 8, 31))

    assert faults_of(first, shares_a_day) == [(1, "from_day", "overlap")]
    assert faults_of(shares_a_day, first) == [(1, "from_day", "overlap")]
    assert "a" in policy_faults([first, shares_a_day])[0].message


@pytest.mark.parametrize(
    "neighbour",
    [
        homework("b", 70, from_day=date(2023, 9, 1)),
        homework("b", 70, PROVINCE),
        homework("b", 70, stages=("primary",)),
        homework("b", 70, grades=(9,)),
    ],
)
def test_rules_that_share_no_day_class_or_place_stand_side_by_side(neighbour: Rule) -> None:
    first = homework("a", 80, to_day=date(2023, 8, 31), grades=(7, 8))

    assert faults_of(first, neighbour) == []


def test_an_id_is_used_once() -> None:
    assert faults_of(homework("a", 80), homework("a", 80, SCHOOL)) == [(1, "rule_id", "duplicate")]


@pytest.mark.parametrize(
    ("wrong", "member", "code", "told"),
    [
        (rule("a", metric="homework.pages", keeps="kept"), "metric", "unknown_metric", "use one"),
        (rule("a", metric="reading.loans", keeps="kept"), "metric", "never_judged", "remove"),
        (rule("a", metric="sleep.reporting", keeps="kept"), "metric", "never_judged", "remove"),
        (homework("a", 60, keeps="at_least"), "keeps", "wrong_direction", '"at_most"'),
        (rule("a", value=1, **MARKING), "value", "not_expected", "remove"),
        (rule("a", **HOMEWORK), "value", "missing", "needs its value"),
        (homework("a", -1), "value", "out_of_range", "between 0 and 1440"),
        (homework("a", 1441), "value", "out_of_range", "between 0 and 1440"),
        (homework("a", 0), "prohibition", "contradiction", "go together"),
        (homework("a", 5, prohibition=True), "prohibition", "contradiction", "go together"),
        (homework("a", 60, longest_at_most=5), "longest_at_most", "not_expected", "remove"),
        (rule("a", value=60, **SCREEN), "longest_at_most", "missing", "longest minutes"),
        (homework("a", 60, nap_counts=True), "nap_counts", "not_expected", "remove"),
        (homework("a", 60, to_day=date(2022, 8, 31)), "to_day", "ends_before_it_begins", "before"),
        (homework("a", 60, grades=(3,)), "stages", "nobody_meant", "senior (10-12)"),
        (homework("a", 60, stages=("middle",)), "stages", "nobody_meant", "senior (10-12)"),
        (homework("a b", 60), "rule_id", "malformed", "without blanks"),
        (homework("a", 60, "阳光区"), "unit", "malformed", "unit of the tree"),
        (homework("a", 60, waiver=" "), "waiver", "empty", "name the document"),
    ],
)
def test_a_rule_that_means_nothing_is_refused_with_the_way_to_mend_it(
    wrong: Rule, member: str, code: str, told: str
) -> None:
    faults: list[RuleFault] = policy_faults([wrong])

    assert [(fault.member, fault.code) for fault in faults] == [(member, code)]
    assert told in faults[0].message
    assert faults[0].message_zh.endswith("。")
