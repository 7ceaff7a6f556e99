"""The conformance run sees what differs, and nothing that does not."""

from typing import Any

import pytest

from tests.conformance.case import Request, Row
from tests.conformance.compare import compare_answer, compare_rows, rounded

SCHOOL = "2199000001"


def wanted_row(metric: str = "fitness.exercise", **changes: Any) -> Row:
    figures: dict[str, Any] = {
        "day": "2026-09-14",
        "unit": "990101",
        "class_id": None,
        "stage": "primary",
        "grade": 4,
        "metric": metric,
        "expected": 6,
        "reported": 6,
        "judged": 5,
        "compliant": 3,
        "total": 185,
        "bins": (0, 2, 4),
        "rule": "cn-2021-exercise",
    }
    return Row(**{**figures, **changes})


def answered_row(row: Row, **changes: Any) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in row.__struct_fields__},
        "bins": list(row.bins),
        "reporting_rate": 1.0,
        "compliance_rate": 0.6,
        "mean": 30.8,
        **changes,
    }


def withheld_row(row: Row, **changes: Any) -> dict[str, Any]:
    names = ("expected", "reported", "judged", "compliant", "total", "bins")
    hidden = (*names, "reporting_rate", "compliance_rate", "mean")
    return answered_row(row, **{**dict.fromkeys(hidden), "withheld": True, **changes})


def test_equal_rows_are_equal() -> None:
    rows = [wanted_row(), wanted_row("fitness.sport_time")]

    found = compare_rows(
        "[district]", rows, [answered_row(row) for row in rows], by_the_school=False
    )

    assert (found.equal, found.differ, found.messages) == (2, 0, ())


@pytest.mark.parametrize(
    ("member", "answered"),
    [
        ("total", 184),
        ("total", 185.0),
        ("total", None),
        ("bins", [0, 4, 2]),
        ("bins", [0, 2]),
        ("rule", None),
        ("reporting_rate", None),
        ("compliance_rate", 0.59),
        ("mean", 30.9),
    ],
)
def test_a_row_with_another_figure_differs(member: str, answered: object) -> None:
    row = wanted_row()

    found = compare_rows(
        "[district]", [row], [answered_row(row, **{member: answered})], by_the_school=False
    )

    assert (found.equal, found.differ) == (0, 1)
    assert f"{member} " in found.messages[0]
    assert "990101 primary 4 fitness.exercise" in found.messages[0]


def test_a_row_without_a_member_differs() -> None:
    row = wanted_row()
    answered = answered_row(row)
    del answered["mean"]

    found = compare_rows("[district]", [row], [answered], by_the_school=False)

    assert found.messages[0].endswith("mean 30.8 wanted, absent answered")


def test_a_missing_row_differs() -> None:
    rows = [wanted_row(), wanted_row("fitness.sport_time")]

    found = compare_rows("[district]", rows, [answered_row(rows[0])], by_the_school=False)

    assert (found.equal, found.differ) == (1, 1)
    assert found.messages[0].endswith("fitness.sport_time: missing")


def test_a_row_too_many_differs() -> None:
    rows = [wanted_row(), wanted_row("fitness.sport_time")]

    found = compare_rows(
        "[district]", rows[:1], [answered_row(row) for row in rows], by_the_school=False
    )

    assert (found.equal, found.differ) == (1, 1)
    assert found.messages[0].endswith("fitness.sport_time: a row too many")


def test_a_row_that_comes_twice_differs() -> None:
    row = wanted_row()

    found = compare_rows("[district]", [row], [answered_row(row)] * 2, by_the_school=False)

    assert found.differ == 1
    assert "came twice" in found.messages[0]


def test_rows_in_another_order_differ() -> None:
    rows = [wanted_row(grade=10), wanted_row(grade=4)]

    found = compare_rows(
        "[district]", rows, [answered_row(row) for row in rows], by_the_school=False
    )

    assert found.differ == 1
    assert "order" in found.messages[0]


def test_a_row_about_few_pupils_is_rightly_withheld() -> None:
    row = wanted_row("sleep.duration", reported=4)

    found = compare_rows("[district]", [row], [withheld_row(row)], by_the_school=False)

    assert (found.equal, found.differ) == (1, 0)


@pytest.mark.parametrize("member", ["total", "bins", "mean"])
def test_a_withheld_row_that_shows_a_figure_differs(member: str) -> None:
    row = wanted_row("sleep.duration", reported=4)

    found = compare_rows(
        "[district]", [row], [withheld_row(row, **{member: 0})], by_the_school=False
    )

    assert found.differ == 1


def test_a_row_about_few_pupils_that_is_shown_differs() -> None:
    row = wanted_row("sleep.duration", reported=4, total=124)

    found = compare_rows("[district]", [row], [answered_row(row)], by_the_school=False)

    assert found.messages[0].endswith("not withheld")


@pytest.mark.parametrize(
    ("row", "by_the_school"),
    [
        (wanted_row("sleep.duration", reported=4), True),
        (wanted_row("sleep.duration", expected=5, reported=5), False),
        (wanted_row("sleep.duration", expected=5, reported=0), False),
        (wanted_row("fitness.exercise", expected=1, reported=1), False),
    ],
)
def test_a_row_is_wrongly_withheld_from_the_school_or_about_enough_pupils(
    row: Row, by_the_school: bool
) -> None:
    found = compare_rows("[x]", [row], [withheld_row(row)], by_the_school=by_the_school)

    assert found.messages[0].endswith("wrongly withheld")


@pytest.mark.parametrize(
    ("numerator", "denominator", "digits", "shown"),
    [(1, 3, 4, 0.3333), (1, 8, 2, 0.13), (5, 2, 0, 3.0), (0, 7, 4, 0.0), (7, 0, 4, None)],
)
def test_a_quotient_is_rounded_half_up(
    numerator: int, denominator: int, digits: int, shown: float | None
) -> None:
    assert rounded(numerator, denominator, digits) == shown


REJECTED = {"index": 1, "id": "a", "status": "rejected", "code": "out_of_range", "path": "/id"}
ACCEPTED_WITH_ONE_REJECTED = {
    "status": 202,
    "accepted": 2,
    "duplicates": 0,
    "rejected": 1,
    "items": [REJECTED],
}
ANSWER = {**ACCEPTED_WITH_ONE_REJECTED, "items": [{**REJECTED, "message": "…", "message_zh": "…"}]}


def request_expecting(expect: dict[str, Any]) -> Request:
    return Request(number=7, school_id=SCHOOL, headers={}, expect=expect)


def test_an_equal_answer_is_equal_whatever_its_messages() -> None:
    request = request_expecting(ACCEPTED_WITH_ONE_REJECTED)

    assert compare_answer(request, 202, "application/json", ANSWER).equal == 1


@pytest.mark.parametrize(
    "change",
    [
        {"accepted": 3},
        {"duplicates": None},
        {"items": []},
        {"items": None},
        {"items": [REJECTED, REJECTED]},
        {"items": [REJECTED, {"index": 2, "id": "b", "status": "duplicate"}]},
        {"items": [{**REJECTED, "path": ""}]},
        {"items": [{**REJECTED, "id": None}]},
        {"items": [{**REJECTED, "index": 0}]},
    ],
)
def test_another_answer_differs(change: dict[str, Any]) -> None:
    request = request_expecting(ACCEPTED_WITH_ONE_REJECTED)

    found = compare_answer(request, 202, "application/json", {**ANSWER, **change})

    assert (found.equal, found.differ) == (0, 1)


def test_another_status_differs() -> None:
    request = request_expecting({"status": 400})

    assert compare_answer(request, 422, "application/problem+json", {}).differ == 1


def test_a_refusal_must_be_a_problem_document() -> None:
    request = request_expecting({"status": 400})

    assert compare_answer(request, 400, "application/json", {}).differ == 1
    assert compare_answer(request, 400, "application/problem+json", {}).equal == 1
