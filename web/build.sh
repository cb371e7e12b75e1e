#!/bin/sh
# Builds the web app for meson: build.sh SOURCE OUTPUT DEPFILE
# Packages are fetched only when the lock file is newer than what is installed, so that later builds need no network.
set -eu
source=$1 target=$2 output=$2 depfile=$3
case $output in /*) ;; *) output=$PWD/$output ;; esac
case $depfile in /*) ;; *) depfile=$PWD/$depfile ;; esac

cd "$source"
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
	npm ci --no-progress
	touch node_modules/.package-lock.json
fi
npm run --silent build -- --outDir "$output" --emptyOutDir
# The server hands these out to browsers that take them.
find "$output" -type f \( -name "*.js" -o -name "*.css" -o -name "*.html" \) -exec gzip -9kn {} +
touch "$output"
{
	printf '%s:' "$target"
	find "$source/src" "$source/public" -type f ! -name '*.spec.ts' -exec printf ' \\\n %s' {} +
	printf ' \\\n %s/package-lock.json %s/vite.config.ts %s/index.html\n' "$source" "$source" "$source"
} >"$depfile"
