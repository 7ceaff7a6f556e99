"""Invented names of schools, a different one for every number."""

FIRST = "云松荷明南临白东石青晴北霞枫竹梅兰桂柳槐银金星月清碧翠远新朝丹"
SECOND = "杉涛塘湖坡溪桦篱桥岩川岭谷泉林园屿湾洲渡畔亭庭台原野麓苑汀岸岚荫"
_PAIRS = len(FIRST) * len(SECOND)


def invented_name(kind: str, number: int) -> str:
    """The name of a school of a kind; from the second thousand on it has a character more."""
    round_, pair = divmod(number, _PAIRS)
    turn, first = divmod(pair, len(FIRST))
    # Neighbours differ in both characters, and no pair comes twice.
    second = SECOND[(turn + 5 * first) % len(SECOND)]
    third = SECOND[round_ - 1] if round_ else ""
    return f"{FIRST[first]}{second}{third}{kind}"
