"""A pupil's pseudonym, made at the school; the platform never sees the secret or the number."""

import hashlib
import hmac

SHORTEST_SECRET_BYTES = 16


def pid(secret: bytes, local_number: str) -> str:
    """The first 128 bits of HMAC-SHA256(secret, number), as 32 hexadecimal digits.

    The number is taken exactly as given: `007` and `7` are two pupils.
    """
    if len(secret) < SHORTEST_SECRET_BYTES:
        raise ValueError(f"the secret must have at least {SHORTEST_SECRET_BYTES} bytes")
    if not local_number:
        raise ValueError("the local student number is empty")
    digest = hmac.new(secret, local_number.encode("utf-8"), hashlib.sha256).digest()
    return digest[:16].hex()
