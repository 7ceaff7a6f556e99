"""Systems that take alerts: an Alertmanager, or a webhook that takes what Alertmanager sends."""

from hashlib import sha256

from wuguan.adapters.telling.alert_labels import NEVER, Labelled, instant, labelled
from wuguan.adapters.telling.posting import Poster, Reply, of_status
from wuguan.domain.alerting.message import Message
from wuguan.domain.instants import DAY_US
from wuguan.ports.notices import Answer, Sender

_API = "/api/v2/alerts"
# An Alertmanager takes an alert for ended that is not sent again within minutes. Ours are sent when
# something happens, so it is told to wait longer than any lasts.
_LASTS_US = 400 * DAY_US


class _Posting(Sender):
    """What both have in common."""

    def __init__(self, url: str, secret: str | None) -> None:
        self._url = url
        self._bearer = {"Authorization": f"Bearer {secret}"} if secret else {}
        self._poster = Poster(url, secret)

    def _sent(self, message: Message, content: object) -> Answer:
        reply = self._poster.post(
            self._url,
            content,
            {
                "X-Wuguan-Message": message.message_id,
                "Idempotency-Key": message.message_id,
                **self._bearer,
            },
        )
        if not isinstance(reply, Reply):
            return reply
        if reply.status >= 300:
            return of_status(reply, self._poster)
        said = self._poster.without_secrets(f"HTTP {reply.status} {reply.shown}")
        return Answer(outcome="delivered", said=said.strip(), parts_sent=1)


class Alertmanager(_Posting):
    """An Alertmanager, by its API v2; the address may be its root."""

    def __init__(self, url: str, secret: str | None = None) -> None:
        root = url.rstrip("/")
        super().__init__(root if root.endswith(_API) else root + _API, secret)

    def send(self, message: Message, parts_sent: int = 0) -> Answer:
        """Posts the alerts; a message without any, as a test, posts an empty list."""
        alerts = [
            {
                "labels": one.labels,
                "annotations": one.annotations,
                "startsAt": one.starts_at,
                "endsAt": instant(message.at_us + (_LASTS_US if one.is_firing else 0)),
                "generatorURL": one.link,
            }
            for item in message.items
            for one in labelled(item)
        ]
        return self._sent(message, alerts)


class Webhook(_Posting):
    """Whatever takes the webhook of an Alertmanager, format 4."""

    def __init__(self, url: str, secret: str | None = None, *, receiver_id: str = "") -> None:
        super().__init__(url, secret)
        self._receiver_id = receiver_id

    def send(self, message: Message, parts_sent: int = 0) -> Answer:
        """Posts the message with its alerts and its text."""
        alerts = [one for item in message.items for one in labelled(item)]
        is_firing = any(one.is_firing for one in alerts)
        return self._sent(
            message,
            {
                "version": "4",
                "groupKey": f"wuguan/{self._receiver_id}/{message.message_id}",
                "truncatedAlerts": 0,
                "status": "firing" if is_firing else "resolved",
                "receiver": self._receiver_id,
                "groupLabels": {"kind": message.kind},
                "commonLabels": {"kind": message.kind},
                "commonAnnotations": {"title": message.title, "text": message.text},
                "externalURL": "",
                "alerts": [_alert(one, message.at_us) for one in alerts],
            },
        )


def _alert(one: Labelled, at_us: int) -> dict[str, object]:
    return {
        "status": "firing" if one.is_firing else "resolved",
        "labels": one.labels,
        "annotations": one.annotations,
        "startsAt": one.starts_at,
        "endsAt": NEVER if one.is_firing else instant(at_us),
        "generatorURL": one.link,
        "fingerprint": sha256(repr(sorted(one.labels.items())).encode()).hexdigest()[:16],
    }
