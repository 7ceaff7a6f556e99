"""The settings of the server: read once at start, from the environment (`WUGUAN_…`).

`docs/settings.md` is generated from the descriptions here.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from wuguan.domain.errors import Misconfigured

PREFIX = "WUGUAN_"
ADMIN_KEY_LEAST_LENGTH = 16

_BROKERS = re.compile(r"[A-Za-z0-9_.-]+:[0-9]{1,5}(,[A-Za-z0-9_.-]+:[0-9]{1,5})*")
_BROKERS_WANTED = "应为 主机:端口，多个以逗号分隔 / write host:port, several separated by commas"

_DSN_WITH_KAFKA = (
    "WUGUAN_DSN: 设置了 WUGUAN_KAFKA 时必须指定各进程共用的数据库"
    " / must name the database that all processes share where WUGUAN_KAFKA is set"
)
_ADMIN_KEY = (
    f"管理密钥至少 {ADMIN_KEY_LEAST_LENGTH} 个字符，只用不含空白的 ASCII 字符"
    f" / an admin key has at least {ADMIN_KEY_LEAST_LENGTH} characters, plain ASCII without blanks"
)


class Settings(BaseSettings):
    """Everything that an operator may set. An empty variable counts as not set."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True)

    data: Annotated[
        Path, Field(description="folder of the embedded PostgreSQL, made at the first start")
    ] = Path(".wuguan")
    dsn: Annotated[
        str | None,
        Field(description="a PostgreSQL 15–18 to use (`postgresql://…`) instead of the embedded"),
    ] = None
    kafka: Annotated[
        str | None,
        Field(description="brokers `host:port,…`; without it log and runtime work in the API's"
              " process"),
    ] = None  # fmt: skip
    kafka_partitions: Annotated[
        int, Field(ge=1, le=1000, description="partitions of each topic: at most as many workers")
    ] = 12
    kafka_replication: Annotated[
        int, Field(ge=1, le=9, description="copies of each topic; 3 on a cluster of brokers")
    ] = 1
    kafka_retention_days: Annotated[
        int, Field(ge=1, le=36_500, description="days that topics keep events")
    ] = 400
    kafka_compression: Annotated[
        Literal["none", "gzip", "lz4"],
        Field(description="how the API packs frames"),
    ] = "none"
    kafka_wait_seconds: Annotated[
        float, Field(gt=0, le=60, description="how long a request waits for the broker's word")
    ] = 10.0
    kafka_group: Annotated[
        str, Field(min_length=1, max_length=200, description="consumer group of the workers")
    ] = "wuguan-processors"
    take_frames: Annotated[
        int, Field(ge=1, le=10_000, description="frames that a Faust worker takes at once, at most")
    ] = 512
    take_within_seconds: Annotated[
        float, Field(gt=0, le=10, description="how long a Faust worker waits for more frames")
    ] = 0.1
    metrics_host: Annotated[
        str, Field(description="where workers and roll-ups show their metrics")
    ] = "127.0.0.1"
    metrics_port: Annotated[
        int, Field(ge=0, le=65535, description="port of these metrics; 0 = none, workers only")
    ] = 0
    host: Annotated[str, Field(description="the address to listen on")] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="the port to listen on")] = 8000
    admin_key: Annotated[
        SecretStr | None,
        Field(description="the first admin key, taken at the first start only;"
              " without it one is made and printed once"),
    ] = None  # fmt: skip
    policy: Annotated[
        Path | None, Field(description="folder of local rule packs, read at start")
    ] = None
    alerts: Annotated[
        Path | None,
        Field(description="folder of local alert rules and of `receivers.toml`, read at start"),
    ] = None
    base_url: Annotated[
        str,
        Field(
            pattern=r"^(https?://\S+)?$",
            description="address at which people reach the boards, for links in messages",
        ),
    ] = ""
    rate_limit: Annotated[
        float, Field(ge=0, le=1_000_000, description="requests a second for a key; 0 = no limit")
    ] = 100.0
    document_limit_mib: Annotated[
        int, Field(ge=1, le=1024, description="the largest roster or calendar taken, in MiB")
    ] = 32
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Field(description="what is logged")
    ] = "info"
    log_format: Annotated[
        Literal["json", "console"], Field(description="one JSON object a line, or for the eye")
    ] = "json"
    stop_within_seconds: Annotated[
        int, Field(ge=1, le=600, description="how long requests in work may take when stopped")
    ] = 10
    rollup_interval_seconds: Annotated[
        float, Field(gt=0, le=60, description="pause between two looks for units to add up")
    ] = 0.2
    fold_batch_frames: Annotated[
        int, Field(ge=1, le=100_000, description="frames folded in one transaction, at most")
    ] = 500
    cached_facts: Annotated[
        int, Field(ge=0, le=10_000_000, description="facts of recent ledgers kept in memory")
    ] = 100_000

    @field_validator("kafka")
    @classmethod
    def _brokers(cls, value: str | None) -> str | None:
        if value is not None and not _BROKERS.fullmatch(value):
            raise ValueError(_BROKERS_WANTED)
        return value

    @model_validator(mode="after")
    def _one_database_for_all(self) -> "Settings":
        if self.kafka is not None and self.dsn is None:
            raise ValueError(_DSN_WITH_KAFKA)
        return self

    @field_validator("admin_key")
    @classmethod
    def _strong_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _is_key(value.get_secret_value()):
            raise ValueError(_ADMIN_KEY)
        return value


def read_settings() -> Settings:
    """The settings of this process, or Misconfigured with all that is wrong with them."""
    settings, faults = read_usable_settings()
    if faults:
        raise Misconfigured(faults)
    return settings


def read_usable_settings() -> tuple[Settings, Sequence[str]]:
    """What can be used of the settings, with defaults for the rest; and all that is wrong."""
    try:
        return Settings(), ()
    except ValidationError as error:
        faults = _faults(error)
        wrong = {str(one["loc"][0]) for one in error.errors() if one["loc"]}
    usable: dict[str, Any] = {name: Settings.model_fields[name].default for name in wrong}
    try:
        return Settings(**usable), faults
    except ValidationError as error:
        # A rule over several settings, which is looked at when each of them is right by itself:
        # brokers without a database that is named.
        faults += [fault for fault in _faults(error) if fault not in faults]
        return Settings(**{**usable, "kafka": None}), faults


def _faults(error: ValidationError) -> list[str]:
    # The value is left out: it may be a secret.
    return [
        _line(str(one["loc"][0]) if one["loc"] else "", one["type"], one["msg"])
        for one in error.errors(include_input=False, include_url=False)
    ]


def _is_key(text: str) -> bool:
    plain = text.isascii() and text.isprintable() and " " not in text
    return plain and len(text) >= ADMIN_KEY_LEAST_LENGTH


def _line(name: str, kind: str, message: str) -> str:
    if not name:
        # A rule over several settings names them itself.
        return message.removeprefix("Value error, ")
    variable = f"{PREFIX}{name.upper()}"
    if kind == "value_error":
        return f"{variable}: {message.removeprefix('Value error, ')}"
    description = Settings.model_fields[name].description
    return f"{variable}: 取值不对（{description}）/ is not usable ({description}): {message}"
