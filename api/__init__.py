"""The HTTP service: takes events, keeps roster and calendar, shows figures.

It knows ports, not stores; only `api.__main__` chooses them, and starts a runtime beside it.
"""
