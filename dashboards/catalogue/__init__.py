"""The boards, each a value: what it asks, of whom, and how the answer is drawn."""

from dashboards.catalogue.overview import OVERVIEW
from dashboards.model import Board

BOARDS: tuple[Board, ...] = (OVERVIEW,)
