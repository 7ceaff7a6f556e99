"""Unit tests of the simulated district and the demonstration."""
