"""Programs that turn existing systems' data into events. Imports `wuguan` only.

What they send goes through the public API, like anybody's: nothing here may reach storage. One of
them writes to a district's topics instead, held to the same checks.
"""
