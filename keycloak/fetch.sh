#!/usr/bin/env bash
# Fetches Keycloak's distribution from Maven Central and unpacks it where the tests look for it. Prints where. Wants Maven,
# Java 17 or later and unzip; does nothing where it is there already.
set -euo pipefail
cd "$(dirname "$0")/.."

version=26.7.3
cache=node_modules/.cache/keycloak
home="$cache/keycloak-$version"

if [ ! -x "$home/bin/kc.sh" ]; then
  mkdir -p "$cache"
  mvn --batch-mode --quiet org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
    -Dartifact="org.keycloak:keycloak-quarkus-dist:$version:zip" -DoutputDirectory="$cache"
  unzip -q -o "$cache/keycloak-quarkus-dist-$version.zip" -d "$cache"
  rm "$cache/keycloak-quarkus-dist-$version.zip"
fi
echo "$home"
