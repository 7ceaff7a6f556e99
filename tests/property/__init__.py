"""Properties of the whole core, tried on many small worlds."""
