"""The checker of the conformance case, itself checked."""
