"""Reading the parameters of a query: every fault is found, none of them echoes a value."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import TypeVar

from starlette.datastructures import QueryParams

from api.problems import bad_query
from wuguan.domain.errors import Fault
from wuguan.domain.forms import whole
from wuguan.domain.instants import parse_day

MOST_ROWS = 10_000
ROWS = 1_000

Word = TypeVar("Word", bound=str)


class Parameters:
    """The parameters of one request, while their faults are gathered."""

    def __init__(
        self, sent: QueryParams, known: Collection[str], repeatable: Collection[str] = ()
    ) -> None:
        self._sent = sent
        self.faults: list[Fault] = []
        for name in sorted(set(sent.keys()) - set(known)):
            # The name itself may be anything, and is shown only if it is a plain word.
            path = f"/{name}" if whole("[A-Za-z_]{1,40}").match(name) else ""
            self._fault(
                path, "unknown_field", f"no such parameter; there are: {', '.join(known)}",
                f"没有这个参数;可用参数:{', '.join(known)}",
            )  # fmt: skip
        for name in known:
            if name not in repeatable and len(sent.getlist(name)) > 1:
                self._fault(
                    f"/{name}", "out_of_range", f"{name} is given more than once: give it once",
                    f"{name} 重复出现,请只填一次",
                )  # fmt: skip

    def end(self) -> None:
        """400 with every fault, if there is any."""
        if self.faults:
            raise bad_query(self.faults)

    def text(self, name: str, form: str, *, required: bool = False) -> str | None:
        """A parameter of a written form."""
        value = self._value(name, required)
        if value is not None and whole(form).match(value) is None:
            self._fault(
                f"/{name}", "out_of_range", f"{name} must be of the form {form}",
                f"{name} 格式不符,应符合 {form}",
            )  # fmt: skip
            return None
        return value

    def word(self, name: str, words: Sequence[Word], default: Word | None) -> Word | None:
        """One of some words; required where there is no default."""
        value = self._value(name, default is None)
        if value is None:
            return default
        found = next((word for word in words if word == value), None)
        if found is None:
            self.out_of_words(name, words)
        return found

    def words(self, name: str, words: Collection[str]) -> list[str]:
        """Any of some words, none of them twice; all of them where none is given."""
        values = self._sent.getlist(name)
        if any(value not in words for value in values):
            self.out_of_words(name, words)
        return [word for word in words if word in values] if values else list(words)

    def day(self, name: str, *, required: bool = False) -> date | None:
        """An ISO date that exists."""
        value = self._value(name, required)
        day = None if value is None else parse_day(value)
        if value is not None and day is None:
            self._fault(
                f"/{name}", "bad_time", f"{name} must be an ISO date that exists: 2026-09-14",
                f"{name} 应为真实存在的 ISO 日期,例如 2026-09-14",
            )  # fmt: skip
        return day

    def limit(self) -> int:
        """How many rows to answer, at most."""
        value = self._value("limit", False)
        if value is None:
            return ROWS
        plain = value.isascii() and value.isdigit() and len(value) <= 9
        if not plain or not 1 <= int(value) <= MOST_ROWS:
            self._fault(
                "/limit", "out_of_range", f"limit must be an integer from 1 to {MOST_ROWS}",
                f"limit 应为 1 到 {MOST_ROWS} 的整数",
            )  # fmt: skip
            return ROWS
        return int(value)

    def in_order(self, from_day: date | None, to_day: date | None) -> None:
        """`from` must not be after `to`."""
        if from_day is not None and to_day is not None and from_day > to_day:
            self._fault(
                "/from", "out_of_range", "from must not be after to",
                "from 不得晚于 to",
            )  # fmt: skip

    def cursor(self) -> str | None:
        """Where the page before ended, as its answer said."""
        return self._value("cursor", False)

    def bad_cursor(self) -> None:
        """The cursor is none that this query was answered with."""
        self._fault(
            "/cursor", "out_of_range",
            "cursor must be the `next` of the page before, with the other parameters unchanged",
            "cursor 应为上一页返回的 next,且其他参数须保持不变",
        )  # fmt: skip

    def out_of_words(self, name: str, words: Collection[str]) -> None:
        """A word that is not in the list."""
        allowed = ", ".join(words)
        self._fault(
            f"/{name}", "out_of_range", f"{name} must be one of: {allowed}",
            f"{name} 只能取:{allowed}",
        )  # fmt: skip

    def refuse(self, name: str, message: str, message_zh: str) -> None:
        """A fault that lies in what a value means here."""
        self._fault(f"/{name}", "out_of_range", message, message_zh)

    def _value(self, name: str, required: bool) -> str | None:
        values = self._sent.getlist(name)
        if values:
            return values[-1]
        if required:
            self._fault(
                f"/{name}", "missing_field", f"{name} is required: add it",
                f"缺少必填参数 {name},请补上",
            )  # fmt: skip
        return None

    def _fault(self, path: str, code: str, message: str, message_zh: str) -> None:
        self.faults.append(Fault(path, code, message, message_zh))
