"""Examples for the OpenAPI document: made-up schools of province 99."""

from typing import Any

Example = dict[str, Any]

SCHOOL_ID = "2199000001"
EVENT: Example = {
    "specversion": "1.0",
    "id": "e-class-board-20260914-0001",
    "source": f"/schools/{SCHOOL_ID}/e-class-board",
    "type": "wuguan.homework.day_reported.v1",
    "time": "2026-09-14T17:20:00+08:00",
    "sourcekind": "teacher_form",
    "data": {
        "class_id": "P2023-04",
        "day": "2026-09-14",
        "written_minutes": 45,
        "basis": "estimated",
        "written_tasks": 2,
        "phone_tasks": 0,
        "parent_tasks": 0,
    },
}
SURVEY: Example = {
    "specversion": "1.0",
    "id": "sleep-form-20260914-0001",
    "source": f"/schools/{SCHOOL_ID}/sleep-form",
    "type": "wuguan.sleep.night_surveyed.v1",
    "time": "2026-09-15T08:10:00+08:00",
    "sourcekind": "parent_form",
    "data": {
        "class_id": "P2023-04",
        "day": "2026-09-14",
        "asked": 43,
        "duration_counts": [0, 0, 0, 0, 1, 3, 5, 12, 18, 2, 0],
    },
}
BATCH: list[Example] = [EVENT, SURVEY]
BINARY: Example = EVENT["data"]
BINARY_HEADERS: Example = {
    f"ce-{name}": EVENT[name]
    for name in ("specversion", "id", "source", "type", "time", "sourcekind")
}
ALL_ACCEPTED: Example = {"accepted": 2, "duplicates": 0, "rejected": 0, "items": []}
SOME_REJECTED: Example = {
    "accepted": 98,
    "duplicates": 1,
    "rejected": 1,
    "items": [
        {
            "index": 17,
            "id": "locker-17",
            "status": "rejected",
            "code": "out_of_range",
            "path": "/data/brought",
            "message": "brought must be an integer from 0 to 200",
            "message_zh": "brought 应为 0 到 200 的整数",
        },
        {"index": 40, "id": "locker-39", "status": "duplicate"},
    ],
}
ROSTER: Example = {
    "units": [
        {"unit_id": "990000", "level": "province", "name": "示例省", "parent": None,
         "valid_from": "2018-09-01"},
        {"unit_id": "990101", "level": "district", "name": "示例区", "parent": "990000",
         "valid_from": "2018-09-01"},
    ],
    "schools": [
        {"school_id": SCHOOL_ID, "name": "示例小学", "parent": "990101", "system": "6-3",
         "valid_from": "2018-09-01", "valid_to": None}
    ],
    "classes": [
        {"school_id": SCHOOL_ID, "class_id": "P2023-04", "stage": "primary", "entry_year": 2023,
         "valid_from": "2023-08-15", "valid_to": "2029-07-31",
         "standing_nil": [{"management": "phone", "from": "2026-09-01", "to": None}],
         "enrolment": [{"from": "2023-08-15", "pupils": 41}, {"from": "2026-09-01", "pupils": 43}]}
    ],
}  # fmt: skip
CALENDAR: Example = {
    "unit_id": "990101",
    "terms": [{"from": "2026-09-01", "to": "2027-01-22"}],
    "exceptions": [
        {"from": "2026-11-11", "to": "2026-11-13", "school_day": False,
         "stages": ["primary", "junior"], "reason": "秋假"}
    ],
    "plan": [{"metric": "sleep.duration", "every": "week", "weekday": 3, "from": "2026-09-01"}],
}  # fmt: skip
CHANGED: Example = {"changed": 4, "remeasure": 120}
NEW_KEY: Example = {"scope": "ingest", "school_id": SCHOOL_ID, "label": "e-class board"}
ISSUED: Example = {"key_id": "5f0c5a1b2c3d4e5f", "key": "wg_5f0c5a1b2c3d4e5f_…"}
KEYS: Example = {
    "rows": [
        {"key_id": "5f0c5a1b2c3d4e5f", "scope": "ingest", "school_id": SCHOOL_ID,
         "label": "e-class board", "created_at": "2026-09-01T09:00:00+08:00"}
    ],
    "next": None,
}  # fmt: skip
TALLIES: Example = {
    "rows": [
        {"day": "2026-09-14", "unit": SCHOOL_ID, "class_id": None, "grade": 4,
         "stage": "primary", "metric": "homework.minutes", "expected": 4, "reported": 3,
         "judged": 3, "compliant": 2, "total": 150, "bins": [0, 0, 1, 1, 1, 0, 0, 0, 0, 0],
         "reporting_rate": 0.75, "compliance_rate": 0.6667, "mean": 50.0,
         "rule": "cn-2021-homework-primary"}
    ],
    "next": None,
    "as_of": "2026-09-15T08:00:03.000+08:00",
    "settled": True,
}  # fmt: skip
SCHOOLS_IN_LINE: Example = {
    "rows": [
        {"day": "2026-09-01", "to": "2026-09-15", "unit": "990101", "stage": "primary",
         "metric": "homework.minutes", "expected": 20, "reported": 18, "judged": 18,
         "compliant": 17, "share": 0.9444, "rule": "cn-2021-homework-primary"}
    ],
    "checking": [
        {"school_id": SCHOOL_ID, "name": "实验小学", "stage": "primary",
         "metric": "homework.minutes", "management": "homework", "expected": 240,
         "reported": 236, "judged": 236, "compliant": 220, "compliance_rate": 0.9322,
         "rule": "cn-2021-homework-primary"}
    ],
    "next": None,
    "as_of": "2026-09-15T08:00:03.000+08:00",
    "settled": True,
}  # fmt: skip
FINDINGS: Example = {
    "rows": [
        {"day": "2026-09-14", "class_id": "P2023-04", "management": "sleep",
         "kind": "mean_estimated", "message": "the mean is estimated from the bins of a survey …",
         "message_zh": "均值由问卷分档估算得出……", "settled": True}
    ],
    "next": None,
}  # fmt: skip
REPLY: Example = {
    "school_id": SCHOOL_ID, "day": "2026-09-14", "management": "sleep", "kind": "mean_estimated",
    "text": "问卷只收分档，下周起改报总分钟数。",
}  # fmt: skip
REPLIES: Example = {
    "rows": [{**REPLY, "said_at": "2026-09-15T09:20:00.000+08:00"}],
    "next": None,
}
REJECTS: Example = {
    "rows": [
        {"received_at": "2026-09-14T17:20:01.000+08:00", "source": f"/schools/{SCHOOL_ID}/locker",
         "type": "wuguan.phone.day_reported.v1", "id": "locker-17", "code": "out_of_range",
         "path": "/data/brought", "message": "brought must be an integer from 0 to 200",
         "message_zh": "brought 应为 0 到 200 的整数"}
    ],
    "next": None,
}  # fmt: skip
ALERT_ROW: Example = {
    "id": "01999999-aaaa-7bbb-8ccc-0123456789ab", "rule_id": "homework-minutes",
    "title": "Homework over the limit", "title_zh": "书面作业超时", "kind": "compliance",
    "unit": SCHOOL_ID, "unit_name": "示例小学", "level": "school", "system": None,
    "state": "acknowledged", "severity": "major",
    "breach_days": ["2026-09-14", "2026-09-15", "2026-09-16"], "fired_on": "2026-09-16",
    "ended_on": None, "cause": None, "value": 83.3, "threshold": 95.0, "statistic": "compliance",
    "assignee": "责任督学张老师", "silenced_until": None, "entries": 3,
}  # fmt: skip
ALERTS: Example = {"rows": [ALERT_ROW], "next": None}
ALERT: Example = {
    **ALERT_ROW,
    "history": [
        {"number": number, "happened": happened, "at": at, "day": day, "severity": "major",
         "value": value, "cause": None, "step": None, "text": "", "by": by}
        for number, (happened, at, day, value, by) in enumerate((
            ("pending", "2026-09-14T17:31:00.000+08:00", "2026-09-14", 85.0, None),
            ("fired", "2026-09-16T17:31:00.000+08:00", "2026-09-16", 83.3, None),
            ("acknowledged", "2026-09-17T09:00:00.000+08:00", None, None, "示例区督学"),
        ))
    ],
}  # fmt: skip
ACTIONS: Example = {
    "acknowledge": {"text": "已联系学校"},
    "assign": {"assignee": "责任督学张老师"},
    "note": {"text": "学校已调整周四作业"},
    "silence": {"until": "2026-09-30T18:00:00+08:00"},
    "unsilence": {},
}
CSV_OF_SHARES = (
    "day,to,unit,stage,metric,expected,reported,judged,compliant,share,rule\r\n"
    "2026-09-01,2026-09-15,990101,primary,homework.minutes,20,18,18,17,0.9444,"
    "cn-2021-homework-primary\r\n"
)
CSV = (
    "day,unit,class_id,grade,stage,metric,expected,reported,judged,compliant,total,bins,"
    "reporting_rate,compliance_rate,mean,rule,withheld\r\n"
    "2026-09-14,2199000001,,4,primary,homework.minutes,4,3,3,2,150,0 0 1 1 1 0 0 0 0 0,"
    "0.75,0.6667,50.0,cn-2021-homework-primary,\r\n"
)
