#!/bin/sh
# The databases of Atrium and of Keycloak, each with a role of its own; run once, by the image of PostgreSQL. Passwords are made
# of hexadecimal digits (keycloak/README.md).
set -eu

for name in atrium keycloak; do
  case $name in
    atrium) password=$ATRIUM_DATABASE_PASSWORD ;;
    keycloak) password=$KEYCLOAK_DATABASE_PASSWORD ;;
  esac
  psql --set=ON_ERROR_STOP=1 --username=postgres --set=name="$name" --set=password="$password" <<'SQL'
create role :"name" login password :'password';
create database :"name" owner :"name";
revoke all on database :"name" from public;
SQL
done
