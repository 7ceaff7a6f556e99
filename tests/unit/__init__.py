"""The core and the programs, each by itself: pure and fast."""
