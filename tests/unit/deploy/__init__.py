"""The local services' own parts, without a service."""
