"""The senders of all receivers."""

from collections.abc import Iterable, Mapping

from wuguan.adapters.telling.apprise_sender import AppriseSender
from wuguan.adapters.telling.robots import DingTalk, Feishu, WeCom
from wuguan.adapters.telling.webhooks import Alertmanager, Webhook
from wuguan.domain.errors import Misconfigured
from wuguan.ports.notices import Sender
from wuguan.receivers_file import Addressed


def senders_of(addressed: Iterable[Addressed]) -> Mapping[str, Sender]:
    """A sender for each receiver, by its id; Misconfigured with every address of no use."""
    senders: dict[str, Sender] = {}
    faults: list[str] = []
    for one in addressed:
        try:
            senders[one.receiver.receiver_id] = _sender(one)
        except Misconfigured as error:
            faults += error.faults
    if faults:
        raise Misconfigured(faults)
    return senders


def _sender(one: Addressed) -> Sender:
    url = one.url.get_secret_value()
    secret = one.secret.get_secret_value() if one.secret is not None else None
    match one.receiver.channel:
        case "apprise":
            return AppriseSender(one.receiver.receiver_id, url)
        case "wecom":
            return WeCom(url)
        case "dingtalk":
            return DingTalk(url, secret)
        case "feishu":
            return Feishu(url, secret)
        case "alertmanager":
            return Alertmanager(url, secret)
        case "webhook":
            return Webhook(url, secret, receiver_id=one.receiver.receiver_id)
