"""Bringing messages to people and systems; the receiver's answer decides whether it did."""
