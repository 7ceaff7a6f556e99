"""Reading matter, line by line of docs/metrics.md §2."""

from typing import Any

from hypothesis import given

from tests.builders import event
from tests.measuring import Result, class_days, keeps_the_invariants, measured_of
from wuguan.domain.envelope import Envelope

LOANS, SWEPT = "reading.loans", "reading.swept"


def loaned(number: int) -> Envelope:
    """A book borrowed."""
    return event("reading.loaned", loan_id=f"l-{number}", pid="0" * 32, item="BK-7")


def counted(loans: int) -> Envelope:
    """The class return."""
    return event("reading.loans_counted", loans=loans)


def swept(number: int, unfit: int, removed: int) -> Envelope:
    """A look through the books."""
    return event("reading.swept", sweep_id=f"s-{number}", checked=100, unfit=unfit, removed=removed)


def measured(*stated: Envelope, **of_the_day: Any) -> Result:
    """What is measured of these events."""
    return measured_of("reading", *stated, **of_the_day)


@given(class_days("reading"))
def test_silence_is_never_compliance(result: Result) -> None:
    keeps_the_invariants(result)


def test_a_silent_class_expects_all_its_pupils_to_be_spoken_of() -> None:
    assert measured().counts(LOANS) == (6, 0, 0, 0, 0)
    assert SWEPT not in measured().tallies


def test_loans_are_counted_and_never_judged() -> None:
    assert measured(loaned(1), loaned(2)).counts(LOANS) == (6, 6, 0, 0, 2)


def test_a_book_that_came_back_reports_too() -> None:
    assert measured(event("reading.returned", loan_id="l-9")).counts(LOANS) == (6, 6, 0, 0, 0)


def test_the_class_return_comes_before_single_loans() -> None:
    assert measured(counted(2), loaned(1), loaned(2)).findings == frozenset()
    result = measured(counted(0), loaned(1))
    assert result.counts(LOANS) == (6, 6, 0, 0, 0)
    assert result.findings == {"two_sources_differ"}


def test_nothing_borrowed_is_zero_and_not_missing() -> None:
    nil = event("reading.nil_reported")

    assert measured(nil).counts(LOANS) == (6, 6, 0, 0, 0)
    assert measured(standing_nil=True).counts(LOANS) == (6, 6, 0, 0, 0)
    assert measured(standing_nil=True).counts("reading.reporting") == (1, 1, 0, 0, 0)


def test_a_standing_nil_says_nothing_where_a_fact_stands() -> None:
    assert measured(swept(1, 2, 1), standing_nil=True).counts(LOANS) == (6, 0, 0, 0, 0)


def test_unfit_books_are_expected_to_be_removed() -> None:
    result = measured(swept(1, 5, 5), swept(2, 3, 1))

    assert result.counts(SWEPT) == (8, 8, 8, 6, 6)
    assert result.counts(LOANS) == (6, 0, 0, 0, 0)


def test_a_sweep_that_finds_nothing_has_no_row() -> None:
    result = measured(swept(1, 0, 0))

    assert SWEPT not in result.tallies
    assert result.counts("reading.reporting") == (1, 1, 0, 0, 0)
