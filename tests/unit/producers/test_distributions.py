"""How the district's days are spread: what was drawn, and how it was reported."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date

import pytest

from producers.district.days import Sending
from producers.district.profiles import simulated_district
from producers.district.school_year import after_a_break, is_school_day, weekend_follows
from producers.district.truth import Truth, truths_about
from tests.unit.producers.simulated_days import days_between, latest, sent_on, told

SEED = 2026
DISTRICT = simulated_district(SEED)
FIRST, LAST = date(2026, 9, 1), date(2026, 11, 23)
SHORTEST_NIGHT = {"primary": 600, "junior": 540, "senior": 480}
LIMIT_MINUTES = {"primary": 60, "junior": 90}


@pytest.fixture(scope="module")
def truths() -> list[Truth]:
    """The whole district from the first day of school to late November."""
    return [
        truth
        for school in DISTRICT.schools
        for day in days_between(FIRST, LAST)
        for truth in truths_about(SEED, school, day)
    ]


@pytest.fixture(scope="module")
def ordinary() -> list[tuple[str, Sending]]:
    """Six weeks of three schools without a character in how they report."""
    schools = [DISTRICT.schools[number] for number in (0, 8, 10)]
    return sent_on(SEED, schools, FIRST, date(2026, 10, 16))


def share(values: Iterable[bool]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)


@pytest.mark.parametrize(
    ("stage", "attained"), [("primary", 0.31), ("junior", 0.17), ("senior", 0.12)]
)
def test_sleep_attainment_is_near_what_was_published(
    truths: list[Truth], stage: str, attained: float
) -> None:
    nights = [
        woke - slept
        for truth in truths
        if truth.stage == stage and truth.sleep
        for slept, woke in zip(truth.sleep.slept, truth.sleep.woke, strict=True)
    ]
    assert share(one >= SHORTEST_NIGHT[stage] for one in nights) == pytest.approx(
        attained, abs=0.02
    )


def judged_minutes(truths: list[Truth], wanted: Callable[[Truth], bool]) -> list[bool]:
    return [
        truth.homework.minutes > LIMIT_MINUTES[truth.stage]
        for truth in truths
        if truth.homework
        and truth.stage in LIMIT_MINUTES
        and truth.grade > 2
        and not weekend_follows(truth.day, truth.stage)
        and wanted(truth)
    ]


def test_homework_over_its_limit_is_rare_but_there(truths: list[Truth]) -> None:
    assert 0.02 < share(judged_minutes(truths, lambda _: True)) < 0.06
    assert 0.11 < share(judged_minutes(truths, lambda truth: truth.grade == 9)) < 0.18


@pytest.mark.parametrize(("grade", "mean"), [(3, 33), (4, 38), (6, 46), (7, 65), (8, 71), (9, 80)])
def test_homework_grows_with_the_grade(truths: list[Truth], grade: int, mean: int) -> None:
    minutes = [
        truth.homework.minutes
        for truth in truths
        if truth.homework
        and truth.grade == grade
        and truth.day.isoweekday() != 3
        and not weekend_follows(truth.day, truth.stage)
    ]
    assert sum(minutes) / len(minutes) == pytest.approx(mean, abs=4)


def test_homework_by_phone_is_a_matter_of_few_schools(truths: list[Truth]) -> None:
    by_school = Counter[str]()
    for truth in truths:
        if truth.homework:
            by_school[truth.school_id] += truth.homework.by_phone + truth.homework.by_parents
    most = {school_id for school_id, _ in by_school.most_common(2)}
    assert most == {"2199000002", "2199000011"}
    assert sum(by_school[one] for one in most) > 0.7 * by_school.total() > 0


def test_pe_is_taken_more_often_before_examinations(truths: list[Truth]) -> None:
    lost = Counter[bool]()
    planned = Counter[bool]()
    for truth in truths:
        if truth.fitness:
            lost[truth.grade in (9, 12)] += truth.fitness.pe_planned - truth.fitness.pe_held
            planned[truth.grade in (9, 12)] += truth.fitness.pe_planned
    assert lost[False] / planned[False] == pytest.approx(0.015, abs=0.005)
    assert lost[True] / planned[True] == pytest.approx(0.06, abs=0.02)


def test_two_hours_of_sport_hang_on_pe(truths: list[Truth]) -> None:
    for truth in truths:
        fitness = truth.fitness
        if fitness is None or fitness.cancelled_for or fitness.sport_minutes >= 180:
            continue
        low, high = (125, 150) if fitness.pe_held else (90, 115)
        assert low <= fitness.sport_minutes <= high
        assert fitness.exercise_minutes <= fitness.sport_minutes


def test_it_rains_on_about_one_day_in_eight(truths: list[Truth]) -> None:
    rainy = {truth.day: bool(truth.fitness.cancelled_for) for truth in truths if truth.fitness}
    assert 0.05 < share(rainy.values()) < 0.22


@pytest.mark.parametrize(
    ("stage", "lowest", "highest"),
    [("primary", 0.001, 0.004), ("junior", 0.005, 0.015), ("senior", 0.02, 0.04)],
)
def test_phones_are_found_seldom(
    truths: list[Truth], stage: str, lowest: float, highest: float
) -> None:
    checks = [truth.phone.found > 0 for truth in truths if truth.stage == stage and truth.phone]
    assert lowest < share(checks) < highest


@pytest.mark.parametrize(("stage", "a_week"), [("primary", 0.6), ("junior", 0.25), ("senior", 0.1)])
def test_loans_are_as_many_as_pupils_read_and_none_in_a_week_of_examinations(
    truths: list[Truth], stage: str, a_week: float
) -> None:
    loans = pupils = 0
    for truth in truths:
        if truth.stage == stage and truth.reading:
            if date(2026, 11, 3) <= truth.day <= date(2026, 11, 9):
                assert truth.reading.loans == 0
            else:
                loans += truth.reading.loans
                pupils += truth.pupils
    assert 5 * loans / pupils == pytest.approx(a_week, rel=0.1)


def test_each_shelf_is_swept_once_and_few_books_are_unfit(truths: list[Truth]) -> None:
    sweeps = Counter((t.school_id, t.class_id) for t in truths if t.reading and t.reading.checked)
    assert set(sweeps.values()) == {1}
    assert 0.85 * 333 < len(sweeps) <= 333, "the others have theirs in December"
    checked = sum(truth.reading.checked for truth in truths if truth.reading)
    unfit = sum(truth.reading.unfit for truth in truths if truth.reading)
    assert unfit / checked == pytest.approx(0.0002, rel=0.4)


def reporting(sendings: list[tuple[str, Sending]], wanted: Callable[[date], bool]) -> float:
    heard = {
        (event.school_id, event.data["class_id"], event.day)
        for event in told(sendings, "fitness.day_reported")
        if wanted(event.day)
    }
    days = [
        day
        for day in days_between(FIRST, date(2026, 10, 16))
        if is_school_day(day, "senior") and wanted(day)
    ]
    return len(heard) / (len(days) * (48 + 18 + 30))


def test_reporting_is_high_lower_on_fridays_and_after_a_break() -> None:
    schools = [DISTRICT.schools[number] for number in (0, 8, 10)]
    sendings = sent_on(SEED, schools, FIRST, date(2026, 10, 16))
    broken = {day for day in days_between(FIRST, LAST) if after_a_break(day, "senior")}
    assert 0.95 < reporting(sendings, lambda d: d.isoweekday() < 5 and d not in broken) < 0.975
    assert 0.83 < reporting(sendings, lambda d: d.isoweekday() == 5 and d not in broken) < 0.89
    assert 0.83 < reporting(sendings, lambda d: d in broken and d != FIRST) < 0.93


def test_most_returns_come_after_lessons_and_a_tenth_is_late(
    ordinary: list[tuple[str, Sending]],
) -> None:
    returns = latest(told(ordinary, "fitness.day_reported"))
    on_time = [event.at.date() == event.day for event in returns]
    after_lessons = [
        15.5 <= event.at.hour + event.at.minute / 60 <= 17.5 and event.at.date() == event.day
        for event in returns
    ]
    assert share(on_time) == pytest.approx(0.91, abs=0.015)
    assert share(after_lessons) == pytest.approx(0.70, abs=0.02)


def test_few_returns_are_corrected_and_fewer_events_refused(
    ordinary: list[tuple[str, Sending]],
) -> None:
    returns = list(told(ordinary, "fitness.day_reported"))
    spoiled = [sending.spoiled for _, sending in ordinary]
    assert 1 - len(latest(returns)) / len(returns) == pytest.approx(0.015, abs=0.006)
    assert share(spoiled) == pytest.approx(0.004, abs=0.002)


def test_three_quarters_answer_a_survey_most_of_them_by_nine(
    ordinary: list[tuple[str, Sending]],
) -> None:
    evening, noon = list[float](), list[float]()
    for event in told(ordinary, "phone.screen_surveyed"):
        answered = sum(event.data["leisure_counts"]) / event.data["asked"]
        (evening if event.at.hour == 21 else noon).append(answered)
    assert sum(evening) / len(evening) == pytest.approx(0.62, abs=0.02)
    assert sum(noon) / len(noon) == pytest.approx(0.78, abs=0.02)
