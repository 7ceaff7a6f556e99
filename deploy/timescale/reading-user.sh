#!/bin/sh
# Run by the image when it makes the database: a user for Grafana that may read and nothing else.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$GRAFANA_DATABASE_PASSWORD" \
  --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE wuguan_grafana LOGIN PASSWORD :'password' IN ROLE pg_read_all_data;
ALTER ROLE wuguan_grafana SET default_transaction_read_only = on;
ALTER ROLE wuguan_grafana SET statement_timeout = '30s';
SQL
