"""Kafka and TimescaleDB on this machine without containers, for development and tests."""
