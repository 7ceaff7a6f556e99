"""What is watched of the programs themselves: by their metrics, so it says nothing of schools."""

from typing import NamedTuple

from wuguan.domain.alerting.rule import Severity


class ServerRule(NamedTuple):
    """One condition of Prometheus, and for how long it holds before it is an alert."""

    name: str
    expression: str
    for_minutes: int
    severity: Severity
    title: str
    title_zh: str


# As the board of operations counts it: each worker tells of its own places, so the oldest counts;
# all roll-ups tell of the same marks, so the latest look counts.
_WAITED_SECONDS = (
    "max("
    'max by (part) (time() - wuguan_complete_until_seconds{part="log"})'
    ' or min by (part) (time() - wuguan_complete_until_seconds{part=~"days|periods"})'
    ")"
)
# A counter that did not stand there an hour ago counts from 0: `increase` would miss its first.
_LOST = (
    "sum((increase(wuguan_rejects_lost_total[1h]) and wuguan_rejects_lost_total offset 1h)"
    " or wuguan_rejects_lost_total)"
)

SERVER_RULES: tuple[ServerRule, ...] = (
    ServerRule(
        "wuguan-nobody-there", "absent(wuguan_runtime_healthy)", 5, "critical",
        "No program of Wuguan tells its metrics", "没有任何五管程序提供运行指标",
    ),
    ServerRule(
        "wuguan-no-fold", 'absent(wuguan_complete_until_seconds{part="log"})', 10, "critical",
        "Nobody takes events from the log", "没有程序在处理收到的事件",
    ),
    ServerRule(
        "wuguan-no-rollup", 'absent(wuguan_complete_until_seconds{part="days"})', 10, "critical",
        "Nobody adds up figures", "没有程序在汇总指标",
    ),
    ServerRule(
        "wuguan-unreachable", 'up{job=~"wuguan.*"} == 0', 5, "major",
        "A program of Wuguan cannot be reached", "有五管程序无法访问",
    ),
    ServerRule(
        "wuguan-stuck", "wuguan_runtime_healthy == 0", 5, "critical",
        "A program of Wuguan runs but does not work", "有五管程序在运行但不工作",
    ),
    ServerRule(
        "wuguan-late", f"{_WAITED_SECONDS} > 600", 10, "major",
        "Events wait for more than ten minutes to be seen in the figures",
        "事件超过 10 分钟尚未计入指标",
    ),
    ServerRule(
        "wuguan-lag", "sum(max by (topic, partition) (wuguan_consumer_lag_records)) > 10000", 15,
        "major", "More than 10,000 records wait in the log", "日志中待处理记录超过 1 万条",
    ),
    ServerRule(
        "wuguan-failing", 'sum(rate(wuguan_request_seconds_count{status=~"5.."}[5m])) > 0.1', 10,
        "major", "Requests fail with errors of the server", "请求因服务器错误而失败",
    ),
    ServerRule(
        "wuguan-retrying", "sum by (part) (increase(wuguan_runtime_retries_total[15m])) > 10", 15,
        "minor", "Work has to be repeated again and again", "处理步骤反复重试",
    ),
    ServerRule(
        "wuguan-rejects-lost", f"{_LOST} > 0", 0, "minor",
        "Refused events could not be kept for their senders", "有被退回数据未能保存",
    ),
    ServerRule(
        "wuguan-not-told", "max(wuguan_notices_waiting) > 0", 120, "major",
        "Notices of alerts have not reached a receiver for two hours",
        "预警通知超过 2 小时未送达接收方",
    ),
    ServerRule(
        "wuguan-connections", "sum(wuguan_pool_waiting_requests) > 0", 10, "minor",
        "Connections to the database are used up", "数据库连接长时间用尽",
    ),
)  # fmt: skip
