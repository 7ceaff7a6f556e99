"""Boards as values: what each panel asks, shows and means; and the pages that show them.

Imports wuguan only, and reads no store: figures are arguments. Every text is Chinese and English.
"""
