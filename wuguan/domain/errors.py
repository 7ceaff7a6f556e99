"""The errors of Wuguan, named by the reaction they ask for.

    WuguanError
    ├── Refused                 the sender must mend what it sent; sending it again helps nothing
    │   ├── InvalidEvent        one event: dead-letter it, go on with its neighbours
    │   └── InvalidDocument     a roster, a calendar, a query: refused whole, all faults listed
    ├── TemporarilyUnavailable  wait and do the same again; nothing was lost
    └── Misconfigured           end at start, listing every fault at once

Anything else is a fault of ours and crashes loudly.
"""

from collections.abc import Sequence

from msgspec import Struct


class Fault(Struct, frozen=True):
    """One thing that is wrong: where (a JSON pointer), what (a code), and how to mend it."""

    path: str
    code: str
    message: str
    message_zh: str


class WuguanError(Exception):
    """The root of all errors that Wuguan raises on purpose."""


class Refused(WuguanError):
    """What was sent cannot be used as it is; its sender must mend it."""


class InvalidEvent(Refused):
    """One event breaks the contract. Carries exactly one fault, the first found."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.code} at {fault.path!r}: {fault.message}")
        self.fault = fault


class InvalidDocument(Refused):
    """A document or a query breaks the contract. Carries every fault found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{f.path}: {f.message}" for f in faults))
        self.faults = tuple(faults)


class TemporarilyUnavailable(WuguanError):
    """A log, a database or a broker did not answer; the same call may succeed later."""

    def __init__(self, what: str, *, retry_after_seconds: int = 2) -> None:
        super().__init__(what)
        self.retry_after_seconds = retry_after_seconds


class Misconfigured(WuguanError):
    """The program cannot start as it is set. Lists every fault at once."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(f"- {fault}" for fault in faults))
        self.faults = tuple(faults)
