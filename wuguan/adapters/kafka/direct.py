"""Writing straight to the topics with kafka-python: frames, single events, rejections."""

from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any

from kafka.errors import KafkaError

from wuguan.adapters.kafka.connecting import durable_producer
from wuguan.codec import encode_events
from wuguan.domain.envelope import Envelope
from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.domain.managements import management_of
from wuguan.ports import Frame
from wuguan.streams import ALERTS_TOPIC, REJECTED_TOPIC, SINGLE, headers_of, topic_of

_CONFIRM_SECONDS = 30.0


class DirectProducer:
    """A producer for programs inside the district's own network, beside the HTTP API.

    Idempotent, `acks=all`; what was handed over is confirmed when `confirm` returns.
    """

    def __init__(self, bootstrap: str) -> None:
        try:
            self._producer = durable_producer(bootstrap)
        except KafkaError as error:
            raise TemporarilyUnavailable(f"the brokers {bootstrap} do not answer") from error
        self._sent: list[Any] = []

    def __enter__(self) -> "DirectProducer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        if kind is None:
            self.confirm()
        self.close()

    def send_frame(self, frame: Frame) -> None:
        """A frame of events that passed validation."""
        self._send(topic_of(frame.management), frame.school_id, frame.body, headers_of(frame))

    def send_event(self, event: Envelope) -> None:
        """A single structured CloudEvent; the worker checks it."""
        management = management_of(event.data.TYPE)
        body = next(iter(encode_events([event])))[1:-1]
        self.send(topic_of(management), event.school_id, body, SINGLE)

    def send(self, topic: str, key: str, value: bytes, content_type: bytes) -> None:
        """A record as it is, checked by nobody here."""
        self._send(topic, key, value, [("content-type", content_type)])

    def send_rejections(self, rejections: Iterable[tuple[bytes | None, bytes]]) -> None:
        """Records of `wuguan.rejected.v1`: key and value."""
        for key, value in rejections:
            self._record(REJECTED_TOPIC, key, value, [("content-type", b"application/json")])

    def send_alerts(self, records: Iterable[tuple[bytes, bytes]]) -> None:
        """Records of `wuguan.alerts.v1`: key and value."""
        for key, value in records:
            self._record(ALERTS_TOPIC, key, value, [("content-type", SINGLE)])

    def confirm(self) -> None:
        """Returns when the brokers have all that was sent; TemporarilyUnavailable if not."""
        sent, self._sent = self._sent, []
        try:
            self._producer.flush(timeout=_CONFIRM_SECONDS)
            for one in sent:
                one.get(timeout=_CONFIRM_SECONDS)
        except KafkaError as error:
            raise TemporarilyUnavailable(f"the broker did not confirm: {error!r}") from error

    def close(self) -> None:
        """Closes the connection; what is not confirmed may be lost."""
        self._producer.close(timeout=5)

    def _send(
        self, topic: str, key: str, value: bytes, headers: Sequence[tuple[str, bytes]]
    ) -> None:
        self._record(topic, key.encode(), value, headers)

    def _record(
        self, topic: str, key: bytes | None, value: bytes, headers: Sequence[tuple[str, bytes]]
    ) -> None:
        try:
            self._sent.append(
                self._producer.send(topic, value=value, key=key, headers=list(headers))
            )
        except KafkaError as error:
            raise TemporarilyUnavailable(f"the broker does not take it: {error!r}") from error
