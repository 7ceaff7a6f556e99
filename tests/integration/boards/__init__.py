"""Tenancy below the board: what a login of the database sees, and what it cannot be made to."""
