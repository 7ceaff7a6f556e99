"""Publishes boards to a Grafana: looks at what is there, says what it would change, and changes it.

The only module that knows `grafana_client`. Nothing is written before `Change.write` is called.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

import tenacity
from grafana_client import GrafanaApi
from grafana_client.client import GrafanaClientError, GrafanaException, GrafanaServerError

from dashboards.grafana.differences import told
from dashboards.grafana.naming import Json
from dashboards.grafana.refusals import away, refusal
from dashboards.grafana.wishes import OURS, Wish, is_own, permissions, who
from dashboards.words import Text
from wuguan.domain.errors import Misconfigured

TIMEOUT_SECONDS = 30.0
_ATTEMPTS = 4
_MOST_DASHBOARDS = 5000
_LOOKING = Text("读取现状", "looking at what is there")
_SECRET_SENT = "********"


class Change(NamedTuple):
    """Something that would be written."""

    text: str
    details: Sequence[str]
    write: Callable[[], None]


class Grafana:
    """A Grafana as one organisation of it is seen with some credentials."""

    def __init__(
        self,
        url: str,
        credential: str | tuple[str, str],
        organisation_id: int | None = None,
        secrets: Sequence[str] = (),
    ) -> None:
        parts = urlsplit(url)
        self.url = _without_login(url)
        self._credential = credential
        own = credential if isinstance(credential, str) else credential[1]
        self._secrets = (*secrets, own)
        self.api = GrafanaApi(
            credential,
            protocol=parts.scheme,
            host=parts.hostname,
            port=parts.port,
            url_path_prefix=f"{parts.path.strip('/')}/".lstrip("/"),
            timeout=TIMEOUT_SECONDS,
            organization_id=organisation_id,
        )

    def in_organisation(self, organisation_id: int) -> "Grafana":
        """The same Grafana, another organisation."""
        return Grafana(self.url, self._credential, organisation_id, self._secrets)

    def call(self, doing: Text, what: Callable[..., Any], *given: object, **named: object) -> Any:
        """The answer to a call; one of the errors of `refusals` where there is none."""
        try:
            return _patient()(what, *given, **named)
        except GrafanaException as error:
            raise refusal(error.status_code, doing, self._words(error)) from None
        except (OSError, ValueError):
            # Nobody there, a broken connection, or an answer that is no JSON: no Grafana.
            raise away(self.url) from None

    def found(self, what: Callable[..., Any], *given: object) -> Any:
        """The answer, None where there is no such thing."""
        return self.call(_LOOKING, _none_where_absent(what), *given)

    def greet(self) -> str:
        """The name of the organisation; one of the errors where this is no Grafana for us."""
        here = self.call(_LOOKING, self.api.organization.get_current_organization)
        if not isinstance(here, Mapping) or "name" not in here:
            raise away(self.url)
        return str(here["name"])

    def organisation_id(self, mark: str) -> int | None:
        """The organisation whose name ends so."""
        listed = self.call(_LOOKING, self.api.organizations.list_organization)
        return next((int(one["id"]) for one in listed if str(one["name"]).endswith(mark)), None)

    def make_organisation(self, name: str) -> int:
        """Make an organisation; the user who makes it is its admin."""
        doing = Text(f"建立组织 {name}", f"making the organisation {name}")
        made = self.call(doing, self.api.organization.create_organization, {"name": name})
        return int(made["orgId"])

    def other_districts(self, own: Sequence[str]) -> list[str]:
        """The names of our datasources in this organisation, but for those with these uids."""
        listed = self.call(_LOOKING, self.api.datasource.list_datasources)
        ours = (one for one in listed if str(one["uid"]).startswith(OURS))
        return [str(one["name"]) for one in ours if one["uid"] not in own and _is_figures(one)]

    def _words(self, error: GrafanaException) -> str:
        answer = error.response
        words = str(answer.get("message", "")) if isinstance(answer, Mapping) else ""
        for secret in self._secrets:
            words = words.replace(secret, _SECRET_SENT) if secret else words
        return words


class Publishing:
    """What is to change for one district in one organisation."""

    def __init__(self, grafana: Grafana, wish: Wish, password: str = "") -> None:
        self._grafana = grafana
        self._api = grafana.api
        self._wish = wish
        self._secret = {"secureJsonData": {"password": password}} if password else {}

    def changes(self) -> list[Change]:
        """All that differs from the wish, in the order in which it has to be written."""
        parts = (
            self._folder(),
            self._datasource(),
            self._team(),
            self._permissions(),
            self._dashboards(),
            self._left_over(),
        )
        return [change for part in parts for change in part]

    def _folder(self) -> Iterator[Change]:
        uid, title = self._wish.folder_uid, self._wish.folder_title
        there = self._grafana.found(self._api.folder.get_folder, uid)
        name = f"文件夹 folder {title}"
        if there is None:
            yield self._change("+", name, [], lambda: self._api.folder.create_folder(title, uid))
        elif there["title"] != title:
            lines = told(there, {"title": title})
            yield self._change(
                "~", name, lines, lambda: self._api.folder.update_folder(uid, title, overwrite=True)
            )

    def _datasource(self) -> Iterator[Change]:
        wanted = self._wish.datasource
        there = self._grafana.found(self._api.datasource.get_datasource_by_uid, wanted["uid"])
        name = f"数据源 datasource {wanted['name']}"
        if there is None:
            create = self._api.datasource.create_datasource
            yield self._change("+", name, [], lambda: create({**wanted, **self._secret}))
            return
        lines = told(there, wanted) or self._new_password()
        if lines:
            update = self._api.datasource.update_datasource_by_uid
            merged = {**there, **wanted, **self._secret}
            yield self._change("~", name, lines, lambda: update(wanted["uid"], merged))

    def _new_password(self) -> list[str]:
        """Grafana keeps a password to itself; whether it still opens the database it does say."""
        if not self._secret or self.reaches_data():
            return []
        return [f"password: → {_SECRET_SENT}"]

    def reaches_data(self) -> bool:
        """Whether Grafana gets into the datasource with what it has."""
        try:
            answer = self._api.client.GET(f"/datasources/uid/{self._wish.datasource['uid']}/health")
        except (GrafanaException, OSError, ValueError):
            return False
        return bool(answer["status"] == "OK")

    def _team(self) -> Iterator[Change]:
        title, there = self._wish.team, self._found_team()
        if title is None:
            return
        name = f"团队 team {title}"
        if there is None:
            yield self._change("+", name, [], lambda: self._api.teams.add_team({"name": title}))
        elif there["name"] != title:
            team = {"name": title, "email": there.get("email", "")}
            lines = told(there, {"name": title})
            yield self._change(
                "~", name, lines, lambda: self._api.teams.update_team(there["id"], team)
            )

    def _found_team(self) -> Json | None:
        if self._wish.team is None:
            return None
        listed = self._grafana.call(_LOOKING, self._api.teams.search_teams)
        return next((one for one in listed if str(one["name"]).endswith(self._wish.mark)), None)

    def _permissions(self) -> Iterator[Change]:
        uid = self._wish.folder_uid
        listed = self._grafana.found(self._api.folder.get_folder_permissions, uid)
        there = None if listed is None else sorted(who(one) for one in listed if is_own(one))
        wanted = [who(one) for one in self._wanted_permissions()]
        # A team that is still to be made has no number yet.
        if there != wanted or (self._wish.team and not wanted):
            was = ", ".join(there or ()) or "–"
            lines = [f"{was} → {', '.join(wanted) or self._wish.team or 'admin'}"]
            yield self._change(
                "~", f"权限 permissions {self._wish.folder_title}", lines, self._permit
            )

    def _wanted_permissions(self) -> list[Json]:
        team = self._found_team()
        return permissions(int(str(team["id"]))) if team else []

    def _permit(self) -> Any:
        update = self._api.folder.update_folder_permissions
        return update(self._wish.folder_uid, {"items": self._wanted_permissions()})

    def _dashboards(self) -> Iterator[Change]:
        for wanted in self._wish.dashboards:
            there = self._grafana.found(self._api.dashboard.get_dashboard, wanted["uid"])
            stored = there["dashboard"] if there else None
            placed = there is not None and there["meta"].get("folderUid") == self._wish.folder_uid
            lines = told(stored, wanted) if stored else []
            name = f"看板 board {wanted['title']} ({wanted['uid']})"
            if stored is None or lines or not placed:
                sign = "+" if stored is None else "~"
                yield self._change(sign, name, lines, self._saving(wanted, stored))

    def _saving(self, wanted: Json, stored: Json | None) -> Callable[[], Any]:
        # With the version that was looked at, so that what somebody writes meanwhile is not lost.
        seen = {key: stored[key] for key in ("id", "version")} if stored else {}
        body = {
            "dashboard": {**wanted, **seen},
            "folderUid": self._wish.folder_uid,
            "overwrite": False,
            "message": "wuguan publish",
        }
        return lambda: self._api.dashboard.update_dashboard(body)

    def _left_over(self) -> Iterator[Change]:
        kept = {one["uid"] for one in self._wish.dashboards}
        listed = self._grafana.call(
            _LOOKING,
            self._api.search.search_dashboards,
            type_="dash-db",
            limit=_MOST_DASHBOARDS,
        )
        for one in listed:
            ours = str(one["uid"]).startswith(f"{OURS}-")
            if ours and one.get("folderUid") == self._wish.folder_uid and one["uid"] not in kept:
                yield self._change("-", f"看板 board {one['title']} ({one['uid']})", [],
                                   self._deleting(one["uid"]))  # fmt: skip

    def _deleting(self, uid: str) -> Callable[[], Any]:
        return lambda: self._api.dashboard.delete_dashboard(uid)

    def _change(
        self, sign: str, name: str, details: Sequence[str], write: Callable[[], Any]
    ) -> Change:
        doing = Text(f"写入 {name}", f"writing {name}")
        return Change(
            f"{sign} {name}",
            details,
            lambda: self._grafana.call(doing, write),
        )


def _is_figures(datasource: Mapping[str, object]) -> bool:
    return "postgres" in str(datasource.get("type"))


def _none_where_absent(what: Callable[..., Any]) -> Callable[..., Any]:
    def asked(*given: object) -> Any:
        try:
            return what(*given)
        except GrafanaClientError as error:
            if error.status_code == 404:
                return None
            raise

    return asked


def _patient() -> tenacity.Retrying:
    return tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(GrafanaServerError),
        wait=tenacity.wait_exponential(multiplier=0.3, max=5),
        stop=tenacity.stop_after_attempt(_ATTEMPTS),
        reraise=True,
    )


def _without_login(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Misconfigured([_NO_ADDRESS])
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


_NO_ADDRESS = "--grafana: 应为 http(s)://主机:端口/路径 / --grafana: write http(s)://host:port/path"
