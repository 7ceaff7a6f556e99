"""The passwords of districts' database logins, as the environment gives them."""

import re
from collections.abc import Mapping

from wuguan.domain.errors import Misconfigured

_FOR_ALL = "WUGUAN_BOARD_PASSWORD"


def password_of(unit_id: str, environment: Mapping[str, str]) -> str:
    """The password of a unit's login, or Misconfigured with the variable that is not set."""
    own = f"{_FOR_ALL}_{re.sub(r'[^A-Za-z0-9]', '_', unit_id).upper()}"
    password = environment.get(own) or environment.get(_FOR_ALL)
    if not password:
        raise Misconfigured([_not_set(own)])
    return password


def _not_set(own: str) -> str:
    return (
        f"{own}: 未设置区县数据库登录的口令；请用该环境变量（或共用的 {_FOR_ALL}）给出"
        f" / {own}: the password of the district's login is not set; give it in this"
        f" variable, or in {_FOR_ALL} for all"
    )
