"""What `python -m dashboards check` does; it asks a database of its own, and nobody else's."""
