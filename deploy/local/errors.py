"""What can go wrong with a local service."""


class ServiceFault(Exception):
    """A service could not be had, started or stopped; the text says why and how to mend it."""
