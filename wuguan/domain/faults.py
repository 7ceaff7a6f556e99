"""What is wrong with an event, in words: every code of docs/events.md §3, in both languages.

A message says how to mend the fault, and never repeats the value.
"""

from collections.abc import Iterable

from wuguan.domain.errors import Fault


def not_an_event() -> Fault:
    """The item is no JSON object."""
    return Fault(
        "", "not_an_event",
        "each item must be a JSON object, one CloudEvent",
        "每一项应为一个 JSON 对象(一条 CloudEvent)",
    )  # fmt: skip


def missing(path: str) -> Fault:
    """A required attribute or field is absent."""
    name = path.rpartition("/")[2]
    return Fault(path, "missing_field", f"{name} is required: add it", f"缺少必填项 {name},请补上")


def unknown_field(path: str, known: Iterable[str]) -> Fault:
    """`data` has a field that its type has not."""
    fields = ", ".join(known)
    return Fault(
        path, "unknown_field",
        f"data has a field that this type has not; leave it out. Allowed: {fields}",
        f"data 含有本类事件没有的字段,请删去(以防夹带个人信息)。可用字段:{fields}",
    )  # fmt: skip


def wrong_type(path: str, wanted: str, wanted_zh: str) -> Fault:
    """Another JSON type than the field's."""
    name = path.rpartition("/")[2]
    return Fault(
        path, "wrong_type",
        f"{name} must be {wanted}; leave an optional field out rather than sending null",
        f"{name} 应为{wanted_zh};可选项没有值时请省去,不要填 null",
    )  # fmt: skip


def unknown_type() -> Fault:
    """`type` is a string that the contract has not."""
    return Fault(
        "/type", "unknown_type",
        "no such event type here; take one of docs/events.md §4, such as"
        " wuguan.homework.assigned.v1",
        "没有这种事件类型,请按接口文档第4节填写,例如 wuguan.homework.assigned.v1",
    )  # fmt: skip


def wrong_topic_type(management: str) -> Fault:
    """An event of another management than the topic's."""
    return Fault(
        "/type", "unknown_type",
        f"this topic takes events of {management} only",
        f"本主题只接收 {management} 类事件",
    )  # fmt: skip


def wrong_school() -> Fault:
    """A well-formed `source` of a school that the key is not for."""
    return Fault(
        "/source", "wrong_school",
        "source names another school than the key's; use the key that was issued for that school",
        "source 中的学校与密钥所属学校不符,请使用发给该校的密钥",
    )  # fmt: skip


def wrong_record_key() -> Fault:
    """A record whose key is not the school of its source."""
    return Fault(
        "/source", "wrong_school",
        "the key of a record must be the school_id in source: the same ten digits",
        "记录的 key 应为 source 中的 school_id(同样的 10 位数字)",
    )  # fmt: skip


def unreadable_record(message: str, message_zh: str) -> Fault:
    """A record that holds no JSON, or none of an event."""
    return Fault("", "not_an_event", message, message_zh)


def too_many_in_a_record(most: int) -> Fault:
    """A record with more events than a request may have."""
    return Fault(
        "", "out_of_range",
        f"a record holds at most {most} events: write several",
        f"每条记录最多含 {most} 条事件,请分成多条写入",
    )  # fmt: skip


def bad_time(path: str) -> Fault:
    """An instant that cannot be read."""
    return Fault(
        path, "bad_time",
        "write an instant as RFC 3339 with an offset, such as 2026-09-14T21:30:00+08:00",
        "时间应按 RFC 3339 书写并带时区,例如 2026-09-14T21:30:00+08:00",
    )  # fmt: skip


def bad_day(path: str) -> Fault:
    """A date that cannot be read."""
    return Fault(
        path, "bad_time",
        "write a day as an ISO date that exists, such as 2026-09-14",
        "日期应为真实存在的 ISO 日期,例如 2026-09-14",
    )  # fmt: skip


def time_ahead() -> Fault:
    """`time` lies ahead of the server's clock."""
    return Fault(
        "/time", "bad_time",
        "time is more than 10 minutes ahead of the server: set the sender's clock",
        "time 比服务器时间超前 10 分钟以上,请校准发送端的时钟",
    )  # fmt: skip


def personal(path: str) -> Fault:
    """A string that looks like a person."""
    name = path.rpartition("/")[2]
    return Fault(
        path, "pii_suspected",
        f"{name} looks like a name, an ID number, a pupil number or a mobile number;"
        " send a pseudonym or a code of your own instead",
        f"{name} 疑似姓名、身份证号、学籍号或手机号,请改用假名编号或本校自编代码",
    )  # fmt: skip


def out_of_form(path: str, form: str, form_zh: str | None = None) -> Fault:
    """A string that is not of its form."""
    name = path.rpartition("/")[2]
    return Fault(
        path, "out_of_range",
        f"{name} must be of the form {form}",
        f"{name} 格式不符,应符合 {form_zh or form}",
    )  # fmt: skip


def out_of_words(path: str, words: Iterable[str]) -> Fault:
    """A word that is not in the list."""
    name, allowed = path.rpartition("/")[2], ", ".join(words)
    return Fault(
        path, "out_of_range", f"{name} must be one of: {allowed}", f"{name} 只能取:{allowed}"
    )


def out_of_numbers(path: str, low: int, high: int) -> Fault:
    """An integer outside its range."""
    name = path.rpartition("/")[2]
    return Fault(
        path, "out_of_range",
        f"{name} must be an integer from {low} to {high}",
        f"{name} 应为 {low} 到 {high} 的整数",
    )  # fmt: skip


def out_of_length(path: str, length: int) -> Fault:
    """A list of another length."""
    name = path.rpartition("/")[2]
    return Fault(
        path, "out_of_range",
        f"{name} must hold exactly {length} counts, one a bin",
        f"{name} 应恰有 {length} 个数,每档一个",
    )  # fmt: skip


def day_out_of_range(path: str) -> Fault:
    """A day before the first or after tomorrow."""
    return Fault(
        path, "out_of_range",
        "day must lie between 2018-09-01 and tomorrow (UTC+8)",
        "day 应在 2018-09-01 至明天(东八区)之间",
    )  # fmt: skip


def id_conflict() -> Fault:
    """The same id at the same instant, with other content."""
    return Fault(
        "/id", "id_conflict",
        "an event with this source, id and time came earlier in the request with other content;"
        " give it an id of its own, or a later time if it is a correction",
        "本次请求中已有 source、id、time 相同而内容不同的事件;请换用新的 id,"
        "若为更正请填更晚的 time",
    )  # fmt: skip
