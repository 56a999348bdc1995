#!/usr/bin/env bash
# Lighthouse on the patient's pages, served as in a practice: compressed files, TLS, no DEBUG.
# lighthouse.sh folder-with-node-packages node
set -euo pipefail
cd "$(dirname "$0")/../.."
packages=$1 node=$2 port=8198
folder=$(mktemp -d)
server=""
at_end() {
    local status=$?
    if [ -n "$server" ] && kill "$server"; then
        if ! wait "$server"; then echo "The server is stopped."; fi
    fi
    rm -rf "$folder"
    exit $status
}
trap at_end EXIT
unset DATABASE_URL
export DATA_DIR=$folder/data STATIC_ROOT=$folder/static SITE_URL=https://localhost:$port
SECRET_KEY=$(.venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(64))')
MFA_KEY=$(.venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(64))')
export SECRET_KEY MFA_KEY ALLOWED_HOSTS=localhost
mkdir "$DATA_DIR" "$STATIC_ROOT"
for command in migrate load_library seed_demo; do # made-up people want DEBUG, the server does not
    DEBUG=1 .venv/bin/python manage.py "$command" --verbosity 0 --skip-checks
done
.venv/bin/python manage.py collectstatic --no-input --verbosity 0 --skip-checks
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
    -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>"$folder/log"
.venv/bin/gunicorn rugpijn.wsgi --bind "localhost:$port" --threads 4 --no-control-socket \
    --certfile "$folder/cert.pem" --keyfile "$folder/key.pem" 2>>"$folder/log" &
server=$!
for _ in $(seq 60); do
    if curl -ks -o /dev/null "$SITE_URL/healthz"; then break; fi
    sleep 0.5
done
if ! curl -ks -o /dev/null "$SITE_URL/healthz"; then
    cat "$folder/log"
    exit 1
fi
cp tests/outside/lighthouse.mjs "$packages/"
"$node" "$packages/lighthouse.mjs" "$SITE_URL" patient@demo.example rugpijn-demo-2026
