"""Publishing into a real Grafana, and what a viewer of a district may then see.

Runs where WUGUAN_TEST_GRAFANA=http://admin:password@host:port names a Grafana, 9.4 or newer, whose
user is a server admin; skips elsewhere, also in CI, which has no Grafana. Everything happens in
organisations of its own, which go afterwards.
"""

import os
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import httpx
import pytest

from dashboards.catalogue import BOARDS
from dashboards.grafana.wishes import Database, District, wish_of_district
from dashboards.model import Board
from dashboards.publish_command import Order, Organisation, carry_out, lines, plan
from dashboards.publishing import Change, Grafana, Publishing
from dashboards.words import LANGUAGES
from wuguan.domain.errors import Misconfigured, TemporarilyUnavailable

_ADDRESS = os.environ.get("WUGUAN_TEST_GRAFANA", "")
pytestmark = pytest.mark.skipif(
    not _ADDRESS, reason="WUGUAN_TEST_GRAFANA=http://admin:password@host:port is not set"
)
# Nobody listens there: what is tried is who may ask, not what is answered.
NOWHERE = Database(address="127.0.0.1:1", name="wuguan", sslmode="disable")
PASSWORD = "a-password-of-the-login"
VIEWERS_PASSWORD = "a-password-of-the-viewer"
# Ids that no unit of anybody's has.
EAST = District(unit_id=f"e{uuid4().hex[:8]}", name="东区", login="east")
WEST = District(unit_id=f"w{uuid4().hex[:8]}", name="西区", login="west")


class Server:
    """The Grafana under test, spoken to as an administrator would."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        self.login = (parts.username or "", parts.password or "")
        self.organisations: list[int] = []
        self.users: list[int] = []

    def ask(self, method: str, path: str, body: object = None, **as_whom: Any) -> httpx.Response:
        """One request, as the admin or as `login` in `organisation`."""
        headers = {"X-Grafana-Org-Id": str(as_whom.get("organisation", 1))}
        auth = as_whom.get("login", self.login)
        address = f"{self.url}/api{path}"
        return httpx.request(method, address, json=body, auth=auth, headers=headers, timeout=30)

    def new_organisation(self) -> int:
        """An organisation for one test."""
        made = self.ask("POST", "/orgs", {"name": f"wuguan-{uuid4().hex}"}).json()["orgId"]
        self.organisations.append(made)
        return int(made)

    def new_viewer(self, organisation: int) -> tuple[str, str]:
        """The login of somebody who may look."""
        name = f"viewer-{uuid4().hex}"
        body = {"login": name, "password": VIEWERS_PASSWORD, "OrgId": organisation}
        self.users.append(self.ask("POST", "/admin/users", body).json()["id"])
        return name, VIEWERS_PASSWORD

    def join(self, login: tuple[str, str], district: District, organisation: int) -> None:
        """Somebody becomes a member of a district's team."""
        where = {"organisation": organisation}
        teams = self.ask("GET", "/teams/search", **where).json()["teams"]
        team = next(one["id"] for one in teams if one["name"].endswith(district.mark))
        user = self.ask("GET", f"/users/lookup?loginOrEmail={login[0]}").json()["id"]
        self.ask("POST", f"/teams/{team}/members", {"userId": user}, **where).raise_for_status()

    def as_publisher(self, organisation: int | None = None) -> Grafana:
        """The Grafana as the programs see it."""
        return Grafana(self.url, self.login, organisation, (PASSWORD,))

    def tidy(self) -> None:
        """Nothing of a test stays."""
        ours = [one for one in self.ask("GET", "/orgs").json() if one["name"].startswith("五管 ")]
        made = [one["id"] for one in ours if one["name"].endswith((EAST.mark, WEST.mark))]
        for user in self.users:
            self.ask("DELETE", f"/admin/users/{user}")
        for organisation in [*self.organisations, *made]:
            self.ask("DELETE", f"/orgs/{organisation}")


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server(_ADDRESS)
    try:
        yield found
    finally:
        found.tidy()


def order(
    *districts: District,
    together: bool = True,
    organisation: Organisation = "current",
    boards: Sequence[Board] = BOARDS,
) -> Order:
    return Order(
        boards=boards, languages=LANGUAGES, database=NOWHERE, districts=districts,
        together=together, organisation=organisation,
    )  # fmt: skip


def write(changes: Sequence[Change]) -> None:
    for change in changes:
        change.write()


def published(wanted: Order, grafana: Grafana) -> list[str]:
    passwords = {one.unit_id: PASSWORD for one in wanted.districts}
    return carry_out(plan(wanted, grafana, passwords), grafana, passwords, write)


def still_to_do(wanted: Order, grafana: Grafana) -> list[str]:
    """What a second run would change. Grafana cannot log in nowhere, so the password is one."""
    told = lines(plan(wanted, grafana, {one.unit_id: PASSWORD for one in wanted.districts}))
    return [line for line in told if line.startswith("  ") and "nothing" not in line]


def query(district: District) -> dict[str, object]:
    source = {"uid": f"wuguan-{district.unit_id}", "type": "postgres"}
    asked = {"refId": "A", "datasource": source, "rawSql": "SELECT 1", "format": "table"}
    return {"queries": [asked], "from": "now-1h", "to": "now"}


def test_a_second_run_changes_nothing_but_a_password_that_opens_nothing(server: Server) -> None:
    organisation = server.new_organisation()
    grafana = server.as_publisher(organisation)
    faults = published(order(EAST), grafana)

    again = still_to_do(order(EAST), grafana)

    assert [line.strip() for line in again] == [
        f"~ 数据源 datasource 五管 东区 {EAST.mark}", "password: → ********"
    ]  # fmt: skip
    (fault,) = faults
    assert "打不开数据源" in fault
    assert PASSWORD not in fault


def test_what_somebody_changed_is_put_back_and_told(server: Server) -> None:
    organisation = server.new_organisation()
    grafana = server.as_publisher(organisation)
    published(order(EAST), grafana)
    where = {"organisation": organisation}
    path = f"/dashboards/uid/wuguan-{BOARDS[0].board_id}-{EAST.unit_id}"
    stored = server.ask("GET", path, **where).json()["dashboard"]
    changed = {"dashboard": {**stored, "title": "别的"}, "folderUid": f"wuguan-{EAST.unit_id}"}
    server.ask("POST", "/dashboards/db", changed, **where).raise_for_status()

    told = still_to_do(order(EAST), grafana)
    published(order(EAST), grafana)

    assert any(f"title: 别的 → {BOARDS[0].title.zh}" in line for line in told)
    assert server.ask("GET", path, **where).json()["dashboard"]["title"] == BOARDS[0].title.zh


def test_a_board_that_is_no_more_goes(server: Server) -> None:
    organisation = server.new_organisation()
    grafana = server.as_publisher(organisation)
    published(order(EAST), grafana)

    published(order(EAST, boards=()), grafana)

    found = server.ask("GET", "/search?type=dash-db", organisation=organisation).json()
    assert found == []


def test_a_team_sees_its_own_folder_only(server: Server) -> None:
    organisation = server.new_organisation()
    published(order(EAST, WEST), server.as_publisher(organisation))
    viewer = server.new_viewer(organisation)
    server.join(viewer, EAST, organisation)
    seen = {
        district.unit_id: server.ask(
            "GET", f"/dashboards/uid/wuguan-{BOARDS[0].board_id}-{district.unit_id}",
            login=viewer, organisation=organisation,
        ).status_code
        for district in (EAST, WEST)
    }  # fmt: skip
    listed = server.ask("GET", "/search", login=viewer, organisation=organisation).json()

    assert seen == {EAST.unit_id: 200, WEST.unit_id: 403}
    assert {one["folderUid"] for one in listed if one["type"] == "dash-db"} == {
        f"wuguan-{EAST.unit_id}"
    }


def test_somebody_in_no_team_sees_no_folder(server: Server) -> None:
    organisation = server.new_organisation()
    published(order(EAST), server.as_publisher(organisation))
    viewer = server.new_viewer(organisation)

    listed = server.ask("GET", "/search", login=viewer, organisation=organisation).json()

    assert listed == []


def test_in_one_organisation_a_folder_does_not_keep_a_datasource_from_a_viewer(
    server: Server,
) -> None:
    organisation = server.new_organisation()
    published(order(EAST), server.as_publisher(organisation))
    viewer = server.new_viewer(organisation)

    answer = server.ask("POST", "/ds/query", query(EAST), login=viewer, organisation=organisation)

    # Grafana went to the database for somebody who may not open the board.
    assert answer.status_code not in {401, 403, 404}


def test_districts_are_not_put_into_one_organisation_unasked(server: Server) -> None:
    organisation = server.new_organisation()
    grafana = server.as_publisher(organisation)
    with pytest.raises(Misconfigured, match="--organisation each"):
        published(order(EAST, WEST, together=False), grafana)
    published(order(EAST, together=False), grafana)

    with pytest.raises(Misconfigured, match="--organisation each"):
        published(order(WEST, together=False), grafana)


def test_with_an_organisation_each_a_viewer_reaches_no_other_datasource(server: Server) -> None:
    wanted = order(EAST, WEST, together=False, organisation="each")
    published(wanted, server.as_publisher())
    east = server.as_publisher().organisation_id(EAST.mark)
    west = server.as_publisher().organisation_id(WEST.mark)
    assert east is not None
    assert west is not None
    viewer = server.new_viewer(east)

    answers = [
        server.ask("POST", "/ds/query", query(WEST), login=viewer, organisation=where).status_code
        for where in (east, west)
    ]

    assert all(400 <= status < 500 for status in answers)
    told = still_to_do(wanted, server.as_publisher())
    assert {line.strip()[:1] for line in told} == {"~", "p"}


def test_a_name_that_something_else_has_is_refused_with_what_to_do(server: Server) -> None:
    organisation = server.new_organisation()
    where = {"organisation": organisation}
    foreign = {"name": f"五管 东区 {EAST.mark}", "type": "testdata", "access": "proxy"}
    server.ask("POST", "/datasources", foreign, **where).raise_for_status()

    with pytest.raises(Misconfigured, match=r"datasource .*\(409\).*请在 Grafana 中将其改名"):
        published(order(EAST), server.as_publisher(organisation))


def test_what_changed_since_it_was_looked_at_is_not_overwritten(server: Server) -> None:
    organisation = server.new_organisation()
    grafana = server.as_publisher(organisation)
    published(order(EAST), grafana)
    renamed = wish_of_district(EAST, BOARDS, ["zh"], NOWHERE)
    renamed.dashboards[0]["title"] = "甲"
    seen = Publishing(grafana, renamed).changes()
    write(Publishing(grafana, renamed).changes())

    with pytest.raises(Misconfigured, match=r"\(412\)"):
        write([one for one in seen if one.text.startswith("~ 看板")])


def test_a_wrong_password_a_viewer_and_a_strange_organisation_are_refused(server: Server) -> None:
    organisation = server.new_organisation()
    viewer = server.new_viewer(organisation)
    refusals = [
        (Grafana(server.url, (server.login[0], "wrong")), r"\(401\).*WUGUAN_GRAFANA_TOKEN"),
        (Grafana(server.url, viewer, organisation), r"\(403\).*Admin"),
        (server.as_publisher(987_654), r"\(40[134]\)"),
    ]

    for grafana, words in refusals:
        with pytest.raises(Misconfigured, match=words):
            published(order(EAST), grafana)


def test_a_grafana_that_is_not_there_is_named() -> None:
    with pytest.raises(TemporarilyUnavailable, match=r"127\.0\.0\.1:1 没有应答.*does not answer"):
        published(order(EAST), Grafana("http://who:secret@127.0.0.1:1", ("who", "secret")))
