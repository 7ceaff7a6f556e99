"""A district that could be real, as pure values of a seed: its schools, its days, its events.

Every name, number and pupil is invented; school codes begin with province 99, which no real
school has. No clock: `now` is an argument. Of files it reads the library's national days only.
"""
