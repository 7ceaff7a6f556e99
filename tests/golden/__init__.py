"""Documents that are generated, and whether the committed ones are current."""
