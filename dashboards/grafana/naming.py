"""What things are called in Grafana: stable, so that addresses last and nothing comes twice."""

import re
from hashlib import sha256
from zlib import crc32

from msgspec import Struct

from dashboards.model import Board
from dashboards.words import Language

LONGEST_UID = 40
FIGURES_TYPE = "postgres"
"""Known to Grafana 9; a newer one reads it as its `grafana-postgresql-datasource`."""
PROMETHEUS_TYPE = "prometheus"

_PREFIX = "wuguan"
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")
Json = dict[str, object]


class Place(Struct, frozen=True):
    """Where dashboards stand: in which language, and for which district or for none."""

    language: Language
    unit_id: str | None = None
    """None: for Grafana's own provisioning, where one district has the whole organisation."""

    def board_uid(self, board_id: str) -> str:
        """The uid of a board: `wuguan-overview`, `wuguan-overview-en`."""
        language = () if self.language == "zh" else (self.language,)
        return uid(board_id, *language, *self._district)

    @property
    def figures(self) -> Json:
        """The reference to the database with the figures."""
        return {"type": FIGURES_TYPE, "uid": figures_uid(self.unit_id)}

    @property
    def prometheus(self) -> Json:
        """The reference to Prometheus, which all share."""
        return {"type": PROMETHEUS_TYPE, "uid": uid("prometheus")}

    def datasource(self, board: Board) -> Json:
        """The reference to where a board's panels ask."""
        return self.prometheus if board.datasource == "prometheus" else self.figures

    @property
    def _district(self) -> tuple[str, ...]:
        return () if self.unit_id is None else (self.unit_id,)


def figures_uid(unit_id: str | None) -> str:
    """The uid of the datasource of a district, or of the only one."""
    return uid() if unit_id is None else uid(unit_id)


def uid(*parts: str) -> str:
    """A uid of the parts; where that is no uid for Grafana, with a digest at its end."""
    plain = "-".join((_PREFIX, *parts))
    if len(plain) <= LONGEST_UID and _PLAIN.fullmatch(plain):
        return plain
    digest = sha256(plain.encode()).hexdigest()[:12]
    shown = re.sub(r"[^A-Za-z0-9_-]", "_", plain)[: LONGEST_UID - len(digest) - 1]
    return f"{shown}-{digest}"


def panel_number(panel_id: str) -> int:
    """The number that names a panel in addresses of Grafana: the same wherever it stands."""
    return crc32(panel_id.encode()) % 1_000_000 + 1
