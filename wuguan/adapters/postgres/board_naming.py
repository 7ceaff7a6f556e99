"""Names of the database roles for boards: roles belong to all databases of a server at once."""

import re
from hashlib import sha256

_LONGEST = 63
_PLAIN_DATABASE = re.compile(r"[a-z0-9_]{1,30}")
_PLAIN_UNIT = re.compile(r"[a-z0-9]{1,16}")
_OTHERS = re.compile(r"[^a-z0-9]+")


def login_of(database: str, unit_id: str) -> str:
    """The login that looks from a unit of one database; another database has another."""
    return _name("wuguan_board", database, unit_id)


def owner_of_views(database: str) -> str:
    """The role that the views of a database belong to; nobody can log in as it."""
    return _name("wuguan_views", database, "")


def _name(prefix: str, database: str, unit_id: str) -> str:
    if _PLAIN_DATABASE.fullmatch(database) and (not unit_id or _PLAIN_UNIT.fullmatch(unit_id)):
        return "_".join(filter(None, (prefix, database, unit_id)))
    # Cut to what fits and can be read; the digest keeps apart what now reads the same.
    digest = sha256(f"{database}\n{unit_id}".encode()).hexdigest()[:12]
    readable = [_OTHERS.sub("_", part.lower())[:16] for part in (database, unit_id) if part]
    return "_".join((prefix, *readable, digest))[:_LONGEST]
