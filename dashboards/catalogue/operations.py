"""Operations 运维: how the programs themselves are doing, from Prometheus.

A column of a panel is a line, and where there are several its name is the label `series` of the
expression.
"""

from dashboards.catalogue.columns import value
from dashboards.model import Board, Chart, Column, Panel
from dashboards.words import MANAGEMENTS, Text
from wuguan.ports import EMBEDDED_LOG
from wuguan.streams import EVENT_TOPICS

_TIME = Column(name="time", title=Text("时间", "time"), shows="day", role="label")
_HALF = value("p50", "一半不超过", "half within", "number")
_MOST = value("p99", "99%不超过", "99% within", "number")


def _panel(query: str, chart: Chart, title: Text, question: Text, *columns: Column) -> Panel:
    lines = chart == "lines"
    return Panel(
        panel_id=query,
        title=title,
        question=question,
        query=query,
        chart=chart,
        width=8,
        height=4 if chart == "number" else 8,
        columns=(_TIME, *columns) if lines else columns,
    )


def _by(name: str, zh: str, en: str) -> tuple[Column, Column]:
    """Bars by a label of a metric; Grafana calls the column of the value `Value`."""
    label = Column(name=name, title=Text(zh, en), shows="text", role="label")
    return label, value("Value", "次数", "how often", "count")


_NOW = (
    _panel(
        "processes",
        "number",
        Text("进程", "Processes"),
        Text(
            "有多少进程正常、有故障、无法访问？",
            "How many processes work, are in trouble, cannot be reached?",
        ),
        value("working", "正常", "working", "count"),
        value("stuck", "有故障", "in trouble", "count"),
        value("unreachable", "无法访问", "unreachable", "count"),
    ),
    _panel(
        "freshness_now",
        "number",
        Text("最早未计入数据(秒)", "Oldest not yet in (s)"),
        Text(
            "最早一条尚未计入指标的数据已等待多少秒？约5秒以内为正常。",
            "How long has the oldest waited that is not yet in the figures? Up to some 5 s is"
            " usual: so often is looked.",
        ),
        value("freshness", "秒", "seconds", "number"),
    ),
    _panel(
        "lag_now",
        "number",
        Text("未读取的记录", "Records not taken"),
        Text("日志中有多少记录尚未读取？", "How many records of the log are not taken yet?"),
        value("lag", "条", "records", "count"),
    ),
)
_INGEST = (
    _panel(
        "events",
        "lines",
        Text("接收：每秒事件", "Ingest: events a second"),
        Text(
            "每秒接收、退回多少事件，请求内重复多少？",
            "How many events a second are accepted, refused, or repeats inside their request?",
        ),
        value("accepted", "接收", "accepted", "number"),
        value("rejected", "退回", "refused", "number"),
        value("duplicate", "重复", "repeats", "number"),
    ),
    _panel(
        "request_time",
        "lines",
        Text("接收：请求耗时(毫秒)", "Ingest: time of a request (ms)"),
        Text("一次上报请求要多长时间？", "How long does a request with events take?"),
        _HALF,
        _MOST,
    ),
    _panel(
        "limited",
        "lines",
        Text("接收：每分钟限流(429)", "Ingest: limited (429) a minute"),
        Text(
            "每分钟有多少请求超过密钥的限额？",
            "How many requests a minute are more than their key may send?",
        ),
        value("limited", "限流", "limited", "number"),
    ),
)
_FRESHNESS = (
    _panel(
        "freshness",
        "lines",
        Text("时效：各环节最长等待(秒)", "Freshness: longest wait by part (s)"),
        Text(
            "尚未折叠、尚未计入每日指标、尚未计入时段指标、尚未研判预警的数据，最早的已等待多久？",
            "How long has the oldest waited to be folded, to be in the figures of days, to be in"
            " those of periods, to be judged by alerts?",
        ),
        value("log", "日志", "log", "number"),
        value("days", "每日指标", "days", "number"),
        value("periods", "时段指标", "periods", "number"),
        value("alerts", "预警", "alerts", "number"),
    ),
    _panel(
        "lag",
        "lines",
        Text("时效：未读取的记录", "Freshness: records not taken"),
        Text(
            "各项管理有多少记录尚未读取？不用 Kafka 时只有一个日志。",
            "How many records of each management are not taken yet? Without Kafka there is one"
            " log for all.",
        ),
        *(value(topic, *MANAGEMENTS[name], "count") for topic, name in EVENT_TOPICS.items()),
        value(EMBEDDED_LOG.topic, "日志", "the log", "count"),
    ),
    _panel(
        "waiting",
        "lines",
        Text("队列：待计算", "Queue: to be computed"),
        Text(
            "有多少待重新核算（校）、待汇总（单位-日）、待累计（时段）、待研判预警（单位-管理）？",
            "How much waits to be measured again (spans of schools), added up (unit-days), summed"
            " (marks of periods), judged by alerts (marks of managements of units)?",
        ),
        value("measuring", "重新核算", "to measure again", "count"),
        value("days", "汇总", "to add up", "count"),
        value("periods", "时段累计", "periods to sum", "count"),
        value("alerts", "预警研判", "alerts to evaluate", "count"),
    ),
)
_WORK = (
    _panel(
        "fold_time",
        "lines",
        Text("处理：一批耗时(毫秒)", "Work: time of a batch (ms)"),
        Text(
            "折叠并写入一批数据要多长时间？不用 Kafka 为折叠，用 Kafka 为写入。",
            "How long does a batch take: fold to commit without Kafka, its writing on Kafka?",
        ),
        value("fold_p50", "折叠 一半不超过", "fold, half within", "number"),
        value("fold_p99", "折叠 99%不超过", "fold, 99% within", "number"),
        value("flush_p50", "写入 一半不超过", "write, half within", "number"),
        value("flush_p99", "写入 99%不超过", "write, 99% within", "number"),
    ),
    _panel(
        "rollup_time",
        "lines",
        Text("处理：一次汇总耗时(毫秒)", "Work: time of a roll-up (ms)"),
        Text("一次汇总事务要多长时间？", "How long does a transaction of the roll-up take?"),
        _HALF,
        _MOST,
    ),
    _panel(
        "throughput",
        "lines",
        Text("处理：每秒完成", "Work: done a second"),
        Text(
            "每秒折叠、重新核算、汇总、累计多少？",
            "How much a second is folded, measured again, added up, summed?",
        ),
        value("frames", "折叠(帧)", "frames folded", "number"),
        value("measured", "重新核算(班次)", "class-days measured again", "number"),
        value("days", "汇总(单位-日)", "unit-days added up", "number"),
        value("periods", "时段累计", "periods summed", "number"),
    ),
)
_ERRORS = (
    _panel(
        "errors",
        "lines",
        Text("错误：每分钟", "Errors: a minute"),
        Text(
            "每分钟有多少请求失败(5xx)，多少次处理重试，多少退回记录丢失？",
            "How many requests a minute fail (5xx), how many turns are repeated, how many rejects"
            " are lost?",
        ),
        value("failed", "请求失败", "requests failed", "number"),
        value("repeated", "处理重试", "turns repeated", "number"),
        value("lost", "退回记录丢失", "rejects lost", "number"),
    ),
    _panel(
        "failures",
        "bars",
        Text("错误：近1小时5xx，按接口", "Errors: 5xx in the last hour, by route"),
        Text("近1小时哪些接口失败了多少次？", "Which routes failed how often in the last hour?"),
        *_by("route", "接口", "route"),
    ),
    _panel(
        "refusals",
        "bars",
        Text("错误：近1小时退回，按原因", "Errors: refused in the last hour, by code"),
        Text(
            "近1小时退回了多少事件，原因是什么？",
            "How many events were refused in the last hour, and why?",
        ),
        *_by("code", "原因", "code"),
    ),
    _panel(
        "retries",
        "bars",
        Text("错误：近1小时重试，按环节", "Errors: repeated in the last hour, by part"),
        Text(
            "数据库或 Kafka 不应答时，近1小时哪个环节重试了多少次？",
            "Which part had to try again how often in the last hour, as the database or Kafka did"
            " not answer?",
        ),
        *_by("part", "环节", "part"),
    ),
    _panel(
        "incidents",
        "lines",
        Text("错误：近1小时重启与重新分配", "Errors: restarts in the last hour"),
        Text(
            "近1小时进程重启、分区重新分配、读取位置更正各多少次？",
            "How many restarts, rebalances and corrected offsets in the last hour?",
        ),
        value("restarts", "重启", "restarts", "count"),
        value("rebalances", "重新分配", "rebalances", "count"),
        value("seeks", "位置更正", "offsets corrected", "count"),
    ),
)
_STORES = (
    _panel(
        "log_queue",
        "lines",
        Text("队列：等待写入日志", "Queue: waiting for the log"),
        Text(
            "有多少请求在等待写入日志，多少 MiB 在等待 Kafka 确认？",
            "How many requests wait for the log, how many MiB for the word of the broker?",
        ),
        value("requests", "请求", "requests", "count"),
        value("unconfirmed", "未确认(MiB)", "unconfirmed (MiB)", "number"),
    ),
    _panel(
        "commit_time",
        "lines",
        Text("数据库：日志提交耗时(毫秒)", "Database: commit of the log (ms)"),
        Text(
            "向日志提交一次要多长时间？仅在不用 Kafka 时有。",
            "How long does a commit to the log take? Only without Kafka.",
        ),
        _HALF,
        _MOST,
    ),
    _panel(
        "pool",
        "lines",
        Text("数据库：连接", "Database: connections"),
        Text(
            "最忙的连接池用了几成，有多少在等待连接？",
            "How full is the fullest pool of connections, and how many wait for one?",
        ),
        value("used", "最忙的连接池", "fullest pool", "share"),
        value("waiting", "等待连接", "waiting for one", "count"),
    ),
    _panel(
        "database_size",
        "lines",
        Text("数据库：大小(MiB)", "Database: size (MiB)"),
        Text("数据库在磁盘上有多大？", "How large is the database on disk?"),
        value("size", "大小", "size", "count"),
    ),
)

OPERATIONS = Board(
    board_id="operations",
    title=Text("运维", "Operations"),
    question=Text(
        "数据是否正常接收、及时计入？程序和数据库是否正常？",
        "Do events come in and get into the figures in time? Are programs and database well?",
    ),
    levels=(),
    variables=(),
    panels=(*_NOW, *_INGEST, *_FRESHNESS, *_WORK, *_ERRORS, *_STORES),
    datasource="prometheus",
)
