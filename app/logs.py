"""Logs: one JSON object a line, on standard error, without personal data."""

import logging
import sys

import structlog

from app.clock import system_clock

QUIET = ("alembic", "httpx", "httpcore", "urllib3", "uvicorn.access")
"""Libraries that would write whole addresses, or more than anyone asked."""


def set_up_logs(level: str) -> None:
    """Send every log line, the libraries' too, to standard error as JSON."""
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        _moment,
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*processors, structlog.processors.JSONRenderer(sort_keys=True)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processor=structlog.processors.JSONRenderer(sort_keys=True), foreign_pre_chain=processors
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _moment(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    event["at"] = system_clock().isoformat(timespec="milliseconds")
    return event
