"""The ports on PostgreSQL 15 and later; the only place that knows psycopg and yoyo."""
