"""The pseudonym of a pupil."""

import pytest

from wuguan.client.pseudonym import pid

SECRET = b"a secret of one school"


def test_a_pseudonym_is_the_first_half_of_the_hmac() -> None:
    # RFC 4231, test case 1.
    case_1 = pid(b"\x0b" * 20, "Hi There")
    assert case_1 == "b0344c61d8db38535ca8afceaf0bf12b"


def test_another_secret_or_number_gives_another_pseudonym() -> None:
    pids = {pid(SECRET, "7"), pid(SECRET, "007"), pid(SECRET + b".", "7")}
    assert len(pids) == 3


@pytest.mark.parametrize(("secret", "number"), [(b"too short", "7"), (SECRET, "")])
def test_a_weak_secret_or_an_empty_number_is_refused(secret: bytes, number: str) -> None:
    with pytest.raises(ValueError, match=r"secret|number"):
        pid(secret, number)
