"""Alerts: rules as data, what a unit's days say under them, and the life that follows from it.

Pure. What a unit's figures say is a function of the figures alone (`verdict`), so it does not
matter in which order they came, how often, or how late; what happened to an alert is a walk of
one state machine (`life`), kept as entries.
"""
