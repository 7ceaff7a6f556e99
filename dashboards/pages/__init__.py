"""The boards as pages: templates filled with what the models say, in one language."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboards import alert_words, words
from dashboards.alert_figures import printed
from dashboards.states import SHAPES, STATE_WORDS, State
from dashboards.words import Language, Text, said

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"


def render(template: str, language: Language, values: Mapping[str, Any]) -> str:
    """A whole page."""

    def say(zh: str | Text, en: str | None = None) -> str:
        text = zh if isinstance(zh, Text) else Text(zh, en if en is not None else zh)
        return said(text, language)

    return (
        _environment()
        .get_template(template)
        .render(
            language=language,
            say=say,
            words=words,
            alert_words=alert_words,
            printed=printed,
            states=State,
            state_words=STATE_WORDS,
            shapes=SHAPES,
            **values,
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["as_json"] = lambda value: msgspec.json.encode(value).decode()
    return environment
