"""The command line: exit codes, and what it says."""

from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from wuguan.client import command
from wuguan.client.client import Client
from wuguan.client.lines import read_lines

EVENTS = b'{"id": "1"}\n\n{"id": "2"}\nnot json\n'


@pytest.fixture
def events(tmp_path: Path) -> Path:
    path = tmp_path / "events.ndjson"
    path.write_bytes(EVENTS)
    return path


def answering(monkeypatch: pytest.MonkeyPatch, response: httpx.Response) -> None:
    def made(url: str, key: str, **_: object) -> Client:
        transport = httpx.MockTransport(lambda _: response)
        return Client(url, key, transport=transport, give_up_after_seconds=0)

    monkeypatch.setattr(command, "Client", made)


def pushed(path: Path) -> tuple[int, str]:
    asked = ["push", str(path), "--url", "http://server.test", "--key", "k"]
    result = CliRunner(env={"COLUMNS": "200"}).invoke(command.main, asked)
    return result.exit_code, result.output


def test_lines_keep_their_numbers_and_what_is_no_json_stays_behind() -> None:
    good, bad = read_lines(EVENTS + b'"\xff"\n' + b"[" * 100_000)
    assert [line.number for line in good] == [1, 3]
    assert [line.number for line in bad] == [4, 5, 6]


def test_all_accepted_is_exit_code_0(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, httpx.Response(202, json={"accepted": 1}))
    path = tmp_path / "good.ndjson"
    path.write_text('{"id": "1"}')
    assert pushed(path)[0] == 0


def test_some_refused_is_exit_code_1_with_code_path_and_line(
    events: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given the second event, on the third line, refused
    item = {"index": 1, "id": "2", "status": "rejected", "code": "out_of_range"}
    item |= {"path": "/data/minutes", "message": "in [0, 600]", "message_zh": "须在0至600之间"}
    response = httpx.Response(202, json={"accepted": 1, "rejected": 1, "items": [item]})
    answering(monkeypatch, response)

    # when
    code, output = pushed(events)

    # then
    assert code == 1
    refused = next(line for line in output.splitlines() if "out_of_range" in line)
    assert "3" in refused
    assert "/data/minutes" in refused
    assert "须在0至600之间" in output
    assert "in [0, 600]" in output, "brackets are no markup"
    assert "not_json" in output


@pytest.mark.parametrize("response", [httpx.Response(401), httpx.Response(503)])
def test_not_sent_is_exit_code_2_in_both_languages(
    events: Path, monkeypatch: pytest.MonkeyPatch, response: httpx.Response
) -> None:
    # given
    answering(monkeypatch, response)

    # when
    code, output = pushed(events)

    # then
    assert code == 2
    assert "服务器" in output or "稍后" in output
    assert "Traceback" not in output


def listed(*options: str) -> tuple[int, str]:
    asked = ["alerts", *options, "--url", "http://server.test", "--key", "k"]
    result = CliRunner(env={"COLUMNS": "80"}).invoke(command.main, asked)
    return result.exit_code, result.output


def test_alerts_are_listed_with_their_unit_and_days(monkeypatch: pytest.MonkeyPatch) -> None:
    alert_id = "01a20f1f-afa9-701f-8247-e575283dbfeb"
    row = {"id": alert_id, "rule_id": "r", "kind": "compliance", "unit": "2199000001",
           "unit_name": "一小", "state": "firing", "severity": "minor", "title": "Over [/] limit",
           "title_zh": "书面作业超时",
           "breach_days": ["2026-09-14", "2026-09-15", "2026-09-16"]}  # fmt: skip
    answering(monkeypatch, httpx.Response(200, json={"rows": [row], "next": None}))

    code, output = listed("--state", "firing", "--kind", "compliance")

    assert code == 0
    said = ("一小", "2199000001", "书面作业超时", "Over [/] limit", "firing", alert_id,
            "compliance", "2026-09-14", "2026-09-16")  # fmt: skip
    assert [one for one in said if one not in output] == []
    assert "2026-09-15" not in output


def test_where_there_are_no_alerts_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, httpx.Response(200, json={"rows": [], "next": None}))

    assert listed() == (0, "没有预警。 No alerts.\n")


def test_a_pseudonym_is_printed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"\x0b" * 20)
    result = CliRunner().invoke(command.main, ["pid", "--secret-file", str(secret), "Hi There"])
    assert result.output.strip() == "b0344c61d8db38535ca8afceaf0bf12b"
