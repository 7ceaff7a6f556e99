"""The contract of Replies."""

from datetime import date

from tests.builders import OTHER_SCHOOL, SCHOOL, TODAY, TOMORROW, YESTERDAY
from wuguan.domain.reply import FindingKey, Reply
from wuguan.ports import Store


def finding(
    day: date = TODAY, school: str = SCHOOL, management: str = "sleep", kind: str = "off_plan"
) -> FindingKey:
    return FindingKey(day, school, management, kind)


def listed(store: Store, from_day: date = YESTERDAY, to_day: date = TOMORROW) -> list[Reply]:
    return list(store.replies.list([SCHOOL], from_day, to_day, None, 100))


def test_a_reply_is_listed_as_it_was_put(store: Store) -> None:
    reply = Reply(finding(), "当天临时调查 · 'quoted' %s", 1_789_000_000_000_001)

    store.replies.put(reply)

    assert listed(store) == [reply]


def test_a_new_reply_takes_the_place_of_the_old_one_and_of_no_other(store: Store) -> None:
    other = Reply(finding(kind="conflict"), "另一项", 1)
    store.replies.put(other)
    store.replies.put(Reply(finding(), "先前", 1))

    store.replies.put(Reply(finding(), "后来", 2))

    assert listed(store) == [other, Reply(finding(), "后来", 2)]


def test_an_empty_text_takes_a_reply_back(store: Store) -> None:
    kept = Reply(finding(YESTERDAY), "留下", 1)
    store.replies.put(kept)
    store.replies.put(Reply(finding(), "收回", 1))

    store.replies.put(Reply(finding(), "", 2))

    assert listed(store) == [kept]


def test_taking_back_what_is_not_there_is_nothing(store: Store) -> None:
    store.replies.put(Reply(finding(), "", 1))

    assert listed(store) == []


def test_replies_come_by_day_school_management_and_kind(store: Store) -> None:
    findings = [
        finding(YESTERDAY, OTHER_SCHOOL, "sleep", "off_plan"),
        finding(TODAY, SCHOOL, "phone", "off_plan"),
        finding(TODAY, SCHOOL, "sleep", "conflict"),
        finding(TODAY, SCHOOL, "sleep", "off_plan"),
        finding(TODAY, OTHER_SCHOOL, "homework", "conflict"),
    ]
    for one in reversed(findings):
        store.replies.put(Reply(one, "说明", 1))

    replies = store.replies.list([OTHER_SCHOOL, SCHOOL], YESTERDAY, TODAY, None, 100)

    assert [reply.finding for reply in replies] == findings


def test_the_next_page_goes_on_after_the_last_finding_seen(store: Store) -> None:
    kinds = ("conflict", "mean_estimated", "off_plan")
    for kind in kinds:
        store.replies.put(Reply(finding(kind=kind), kind, 1))

    first = store.replies.list([SCHOOL], TODAY, TODAY, None, 1)
    following = store.replies.list([SCHOOL], TODAY, TODAY, first[-1].finding, 10)

    assert [reply.text for reply in [*first, *following]] == list(kinds)


def test_only_the_schools_and_days_asked_for_are_listed(store: Store) -> None:
    for day in (YESTERDAY, TODAY, TOMORROW):
        store.replies.put(Reply(finding(day), "本校", 1))
    store.replies.put(Reply(finding(school=OTHER_SCHOOL), "外校", 1))

    assert [reply.finding.day for reply in listed(store, TODAY, TODAY)] == [TODAY]
    assert {reply.text for reply in listed(store)} == {"本校"}
    assert list(store.replies.list([], YESTERDAY, TOMORROW, None, 10)) == []
