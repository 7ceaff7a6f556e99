"""Unit tests of what a school installs."""
