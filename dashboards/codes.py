"""What the codes in the columns of boards are called."""

from collections.abc import Mapping
from types import MappingProxyType

from dashboards.alert_words import SEVERITIES
from dashboards.alert_words import STATES as STATES_OF_ALERTS
from dashboards.model import Column
from dashboards.words import MANAGEMENTS, METRICS, STAGES, Text, spoken_grade

_STAGES_OF_GRADES = ("primary",) * 6 + ("junior",) * 3 + ("senior",) * 3
GRADES: Mapping[str, Text] = MappingProxyType(
    {str(grade): spoken_grade(grade, stage) for grade, stage in enumerate(_STAGES_OF_GRADES, 1)}
)
"""As most places have them: in a 5-4 school grade 6 is of the junior stage."""
_FINDINGS: Mapping[str, Text] = MappingProxyType(
    {
        "conflict": Text("同一事件内容矛盾", "statements that contradict each other"),
        "enrolment_understated": Text("名册班额偏小", "enrolment understated"),
        "two_sources_differ": Text("两个来源不一致", "two sources differ"),
        "mean_estimated": Text("均值为估算", "estimated mean"),
        "off_plan": Text("不在采集计划内", "off the plan"),
    }
)
_REASONS: Mapping[str, Text] = MappingProxyType(
    {
        "not_an_event": Text("不是事件", "no event"),
        "missing_field": Text("缺少字段", "a field is missing"),
        "unknown_field": Text("多余字段", "an unknown field"),
        "wrong_type": Text("字段类型不对", "of the wrong type"),
        "unknown_type": Text("事件类型未知", "an unknown type of event"),
        "wrong_school": Text("不是本密钥的学校", "of another school"),
        "bad_time": Text("时间无法识别或过晚", "a time that cannot be"),
        "pii_suspected": Text("疑似个人信息", "may identify a person"),
        "out_of_range": Text("数值超出范围", "out of range"),
        "id_conflict": Text("id 重复而内容不同", "one id for two contents"),
    }
)
_WORDS: Mapping[str, Mapping[str, Text]] = MappingProxyType(
    {
        "stage": STAGES,
        "grade": GRADES,
        "management": MANAGEMENTS,
        "metric": METRICS,
        "kind": _FINDINGS,
        "code": _REASONS,
        "alert_state": {str(code): text for code, text in STATES_OF_ALERTS.items()},
        "severity": {str(code): text for code, text in SEVERITIES.items()},
    }
)
"""By the name of the column."""


def words_of(column: Column) -> Mapping[str, Text]:
    """What the codes in a column are called; empty where it holds no codes."""
    if column.shows == "metric":
        return METRICS
    return _WORDS.get(column.name, MappingProxyType({}))
