"""Alert rules in the form of other programs: rules in, JSON out, which is YAML too.

Pure. Alerts are raised by Wuguan alone; what is written here carries them to where a bureau routes
its alerts already, so no rule is judged a second time by other means.
"""
