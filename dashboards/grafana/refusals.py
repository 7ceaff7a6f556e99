"""What to say when Grafana refuses: what was refused, and how to mend it."""

from collections.abc import Mapping
from types import MappingProxyType

from dashboards.words import Text
from wuguan.domain.errors import Misconfigured, TemporarilyUnavailable, WuguanError

_LONGEST = 300
_BY_STATUS: Mapping[int, Text] = MappingProxyType(
    {
        400: Text(
            "内容不被接受；请核对 Grafana 版本（需 9.4 或更高）和选项",
            "it does not accept what was sent; check its version (9.4 or newer) and the options",
        ),
        401: Text(
            "凭据无效；请核对 WUGUAN_GRAFANA_TOKEN，或 WUGUAN_GRAFANA_USER 与"
            " WUGUAN_GRAFANA_PASSWORD",
            "the credentials are not valid; check WUGUAN_GRAFANA_TOKEN, or WUGUAN_GRAFANA_USER and"
            " WUGUAN_GRAFANA_PASSWORD",
        ),
        403: Text(
            "权限不足；服务账号或用户须有组织的 Admin 角色，建立组织则须为服务器管理员",
            "this is not allowed; the service account or user needs the role Admin of the"
            " organisation, and to make organisations those of a server admin",
        ),
        404: Text(
            "没有这个地址或组织；请核对 --grafana（含子路径）和 --organisation-id",
            "there is no such address or organisation; check --grafana (with its path) and"
            " --organisation-id",
        ),
        409: Text(
            "已有同名对象，且不是五管建立的；请在 Grafana 中将其改名或移走，然后重新发布",
            "something of this name is there already and is not ours; rename or move it in Grafana,"
            " then publish again",
        ),
        412: Text(
            "其他人刚刚改动了它，或已有同名看板；请核对后重新发布",
            "somebody else has just changed it, or there is one of this name; look at it, then"
            " publish again",
        ),
        429: Text("请求过多；请稍后重新发布", "too many requests; publish again later"),
    }
)
_OTHERS = Text("拒绝了请求；请查看其日志", "it refused the request; look into its log")
_DOWN = Text(
    "多次尝试后仍出错；请查看 Grafana 的日志，恢复后重新发布，已写入的不会重复",
    "it still fails after several attempts; look into its log, and publish again once it works:"
    " what is written already is not written twice",
)
_AWAY = Text(
    "{url} 没有应答；请核对 --grafana、网络、证书，以及 Grafana 是否已启动",
    "{url} does not answer; check --grafana, the network, its certificate, and whether Grafana"
    " has been started",
)


def refusal(status: int, doing: Text, said: str) -> WuguanError:
    """The error for a status of Grafana's; `said` are its own words, without secrets."""
    reason = _DOWN if status >= 500 else _BY_STATUS.get(status, _OTHERS)
    where = Text(f"Grafana: {doing.zh} ({status}): ", f"Grafana: {doing.en} ({status}): ")
    own = f" [{said[:_LONGEST]}]" if said else ""
    message = _both(where.then(reason)) + own
    return TemporarilyUnavailable(message) if status >= 500 else Misconfigured([message])


def away(url: str) -> WuguanError:
    """The error for a Grafana that does not answer."""
    return TemporarilyUnavailable(_both(Text("Grafana: ", "Grafana: ").then(_AWAY.filled(url=url))))


def taken(doing: Text) -> WuguanError:
    """The error for a name that something has which is not ours."""
    return refusal(409, doing, "")


def _both(text: Text) -> str:
    return f"{text.zh} / {text.en}"
