"""Programs that turn existing systems' data into events. Imports `wuguan` only.

What they send goes through the public API, like anybody's: nothing here may reach storage.
"""
