"""Boards as values: what each panel asks, shows and means.

Imports wuguan only. Nothing is here yet besides this sentence.
"""
