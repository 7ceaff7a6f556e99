"""Tests of the house itself: who imports whom, names, and what is shipped."""
