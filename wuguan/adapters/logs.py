"""Structured logs: one event a line on standard error, ours and the web server's alike."""

import logging
import sys
from typing import Literal

import structlog

_LIBRARIES = ("uvicorn", "uvicorn.error", "asyncio", "faust", "mode", "aiokafka", "kafka")


def configure(level: str, form: Literal["json", "console"]) -> None:
    """Sets up logging for this process."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[structlog.types.Processor] = (
        [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
        if form == "json"
        # The renderer's own tracebacks would show local variables: keys and bodies.
        else [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
    )
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Libraries speak of their own matters: warnings of theirs are enough.
    root.setLevel(max(number, logging.WARNING))
    for name in _LIBRARIES:
        logging.getLogger(name).handlers.clear()
    # It cannot read what Faust's members tell each other, and says so whenever it is asked.
    logging.getLogger("kafka.admin").setLevel(logging.ERROR)
