"""Programs that measure ratios side by side; never part of the test suite."""
