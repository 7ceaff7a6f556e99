"""The conformance case, and the program that checks any server against it over HTTP.

It imports nothing of the project's own code: what it says, it says about the wire.
"""
