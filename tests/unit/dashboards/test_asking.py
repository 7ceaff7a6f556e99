"""What a board sends, with what was chosen put in as Grafana does."""

import pytest

from dashboards.catalogue import BOARDS
from dashboards.checking.asking import put_in, questions
from dashboards.grafana.naming import Place
from wuguan.domain.errors import Misconfigured


def test_what_was_chosen_is_a_literal_whatever_is_in_it() -> None:
    asked = "SELECT ${unit:sqlstring}, ${unit:sqlstring} = ${stage:sqlstring}"

    assert put_in(asked, {"unit": "o'x", "stage": "all"}) == "SELECT 'o''x', 'o''x' = 'all'"


def test_a_variable_that_nobody_chooses_is_named() -> None:
    with pytest.raises(Misconfigured, match="there is no variable stage to choose"):
        put_in("SELECT ${unit:sqlstring}, ${stage:sqlstring}", {"unit": "330106"})


def test_panels_that_ask_the_database_are_asked_and_no_others() -> None:
    asked = {one.where for one in questions(BOARDS, Place("zh"))}

    assert {"overview/matrix", "city/districts"} <= asked
    assert "school/classes" not in asked
    assert not [one for one in asked if one.startswith("operations/")]
