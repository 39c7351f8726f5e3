#!/bin/sh
# Fetch the front-end packages of package-lock.json and copy what the pages use to reporter/web/static/vendor/.
# Does nothing when that folder already holds what the lock and this script ask for; `--check` only says so (exit 1: no).
set -eu
cd "$(dirname "$0")/.."

vendor=reporter/web/static/vendor
wanted=$(cat package-lock.json deploy/front-end.sh | sha256sum | cut -d ' ' -f 1)

if [ "$(cat "$vendor/.stamp" 2>/dev/null || true)" = "$wanted" ]; then
    exit 0
fi
if [ "${1:-}" = --check ]; then
    exit 1
fi

npm ci --omit=dev --ignore-scripts --no-audit --no-fund

rm -rf "$vendor"
mkdir -p "$vendor/modern-normalize"
cp node_modules/modern-normalize/modern-normalize.css node_modules/modern-normalize/license "$vendor/modern-normalize/"

echo "$wanted" > "$vendor/.stamp"
