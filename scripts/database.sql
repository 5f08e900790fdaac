-- The application's roles, one database and its extensions. Run by a superuser; safe to repeat.
-- PostGIS is the reason: only a superuser may create it, and the owner is none.
-- psql variable "database" (default wangge); environment WANGGE_OWNER_PASSWORD.
\if :{?database}
\else
\set database wangge
\endif
\getenv password WANGGE_OWNER_PASSWORD

SELECT 'CREATE ROLE wangge_owner'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wangge_owner') \gexec
ALTER ROLE wangge_owner LOGIN NOSUPERUSER CREATEDB CREATEROLE PASSWORD :'password';

-- What the running application acts as; the migrations grant it what it needs.
SELECT 'CREATE ROLE wangge_app NOLOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wangge_app') \gexec
GRANT wangge_app TO wangge_owner WITH ADMIN OPTION;

SELECT format('CREATE DATABASE %I OWNER wangge_owner', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
\connect :"database"
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
