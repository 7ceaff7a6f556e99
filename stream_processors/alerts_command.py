"""`python -m stream_processors alerts …`: packs of alert rules checked, listed and exported."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from stream_processors.alert_exports.alertmanager import configuration
from stream_processors.alert_exports.grafana import provisioning
from stream_processors.alert_exports.prometheus import rule_groups
from wuguan.alert_packs import alert_rules, fingerprint_of
from wuguan.domain.alerting.rule import AlertRule
from wuguan.domain.errors import Misconfigured
from wuguan.settings import read_settings

DATASOURCE = "wuguan"
_MISCONFIGURED = 2
_WIDTH_IN_FILES = 160
_EXPORTS: Mapping[str, Callable[[Sequence[AlertRule], str], Any]] = {
    "grafana": provisioning,
    "prometheus": lambda rules, _: rule_groups(rules),
    "alertmanager": lambda rules, _: configuration(rules),
}
alerts = typer.Typer(no_args_is_help=True, help="告警规则 Alert rules.")


@alerts.command()
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="规则文件夹 a folder of packs; WUGUAN_ALERTS")
    ] = None,
) -> None:
    """检查规则，列出全部错误。 Check the packs of a folder; list all that is wrong."""
    rules = _rules(folder)
    typer.echo(f"{len(rules)} 条规则无误 / {len(rules)} rules are in order")


@alerts.command("list")
def list_rules(
    folder: Annotated[Path | None, typer.Argument(help="规则文件夹 a folder of packs")] = None,
) -> None:
    """列出生效的规则。 List the rules in force."""
    console = Console(width=None if sys.stdout.isatty() else _WIDTH_IN_FILES)
    table = Table("rule", "level", "watched", "alert", "for", "told", "说明 says")
    rules = _rules(folder)
    for one in rules:
        table.add_row(*described(one), f"{one.title_zh}\n{one.title}")
    console.print(table)
    console.print(f"{len(rules)} 条规则 rules，指纹 fingerprint {fingerprint_of(rules)}")


@alerts.command()
def export(
    to: Annotated[str, typer.Option("--to", help="grafana, prometheus, alertmanager")],
    folder: Annotated[Path | None, typer.Argument(help="规则文件夹 a folder of packs")] = None,
    datasource: Annotated[
        str, typer.Option(help="Grafana 数据源 uid of the district's datasource")
    ] = DATASOURCE,
) -> None:
    """导出为其他系统的规则（YAML）。 Write the rules in the form of another program, as YAML."""
    if to not in _EXPORTS:
        _fail(["--to: 应为 grafana、prometheus 或 alertmanager"
               " / write grafana, prometheus or alertmanager"])  # fmt: skip
    typer.echo(json.dumps(_EXPORTS[to](_rules(folder), datasource), ensure_ascii=False, indent=2))


def described(rule: AlertRule) -> tuple[str, ...]:
    """A rule in short: its id, level, what is watched, what is too much, how long, who is told."""
    stages = f" ({', '.join(rule.stages)})" if rule.stages else ""
    percentile = f" p{rule.percentile}" if rule.statistic == "percentile" else ""
    of_systems = " by system" if rule.by_system else ""
    sign = "<" if rule.breach == "below" else ">"
    bound = rule.threshold if isinstance(rule.threshold, str) else f"{rule.threshold:g}"
    return (
        rule.rule_id,
        rule.level,
        f"{rule.metric}{stages}",
        f"{rule.statistic}{percentile}{of_systems} {sign} {bound} in {rule.window_days} d",
        f"{rule.for_days} d",
        ", ".join(f"{'/'.join(one.who)} {one.after_days} d" for one in rule.tell),
    )


def _rules(folder: Path | None) -> list[AlertRule]:
    try:
        return alert_rules(folder or read_settings().alerts)
    except Misconfigured as error:
        _fail(error.faults)


def _fail(faults: Sequence[str]) -> NoReturn:
    for fault in faults:
        typer.echo(fault, err=True)
    raise typer.Exit(_MISCONFIGURED)
