"""The committed dashboards say what the catalogue does."""

from dashboards.catalogue import BOARDS
from dashboards.grafana.files import files, out_of_date


def test_every_dashboard_for_grafana_is_current_and_of_a_board() -> None:
    stale = out_of_date(files(BOARDS))

    assert stale == [], "run `make boards` and look at the difference"
