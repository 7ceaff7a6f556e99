"""The name of a database: read before anything is done with it, and never repeated."""

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from wuguan.domain.errors import Misconfigured

_URL = ("postgresql://", "postgres://")
_BESIDE_PASSWORD = ("host", "port", "dbname")
_UNREADABLE = (
    "WUGUAN_DSN: 连接串无法解析,应形如 postgresql://用户:口令@主机:5432/数据库,"
    "特殊字符按 URL 转义 / cannot be read; write postgresql://user:password@host:5432/"
    "database, special characters escaped as in a URL"
)


def require_dsn(dsn: str) -> None:
    """Misconfigured if it cannot be read. What it says stays unsaid: it may hold a password."""
    try:
        parts = conninfo_to_dict(dsn)
    except ProgrammingError:
        raise Misconfigured([_UNREADABLE]) from None
    # A password with a bare @ or / is read as if it ended there. Its rest is then taken for a host
    # or a database, which every error names.
    if dsn.startswith(_URL) and any("@" in str(parts.get(name, "")) for name in _BESIDE_PASSWORD):
        raise Misconfigured([_UNREADABLE])
