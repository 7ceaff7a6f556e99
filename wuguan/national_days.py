"""The national days that ship with Wuguan: facts of the State Council's yearly notices."""

from importlib.resources import files

import msgspec

from wuguan.domain.calendar import NationalDays, NationalYear


def shipped_national_days() -> NationalDays:
    """The national working days and days off of every year that has data."""
    text = files("wuguan").joinpath("data/national-days.json").read_bytes()
    return NationalDays(msgspec.json.decode(text, type=dict[int, NationalYear]))
