"""The boards, each a value: what it asks, of whom, and how the answer is drawn."""

from dashboards.catalogue.alerts import ALERT_COUNTS
from dashboards.catalogue.city import CITY
from dashboards.catalogue.fitness import FITNESS
from dashboards.catalogue.homework import HOMEWORK
from dashboards.catalogue.operations import OPERATIONS
from dashboards.catalogue.overview import OVERVIEW
from dashboards.catalogue.phone import PHONE
from dashboards.catalogue.quality import QUALITY
from dashboards.catalogue.reading import READING
from dashboards.catalogue.school import SCHOOL_BOARD
from dashboards.catalogue.sleep import SLEEP
from dashboards.model import Board

BOARDS: tuple[Board, ...] = (
    OVERVIEW,
    HOMEWORK,
    SLEEP,
    PHONE,
    READING,
    FITNESS,
    SCHOOL_BOARD,
    QUALITY,
    ALERT_COUNTS,
    CITY,
    OPERATIONS,
)
