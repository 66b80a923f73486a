#!/bin/bash
# Run once by the PostgreSQL container on an empty volume: the owner migrates, the application's role runs the product.
# On a managed PostgreSQL the administrator types the same four statements.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -v owner="$OWNER_PASSWORD" -v application="$APPLICATION_PASSWORD" -U postgres -d postgres <<'SQL'
CREATE ROLE smart360 LOGIN PASSWORD :'owner';
CREATE ROLE smart360_app LOGIN PASSWORD :'application';
CREATE DATABASE smart360 OWNER smart360;
REVOKE CONNECT ON DATABASE smart360 FROM PUBLIC;
GRANT CONNECT ON DATABASE smart360 TO smart360_app;
SQL
