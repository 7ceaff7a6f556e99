"""Wuguan (五管): the library that schools, processors and programs share.

The only package of the wheel. It imports none of the programs.
"""
