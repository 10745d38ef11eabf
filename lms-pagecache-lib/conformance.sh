#!/bin/sh
# Runs the cache-tests suite (github.com/http-tests/cache-tests) against the page cache in its
# RFC 9111 profile, in front of a handler that passes every request on to the suite's own server.
#
#   lms-pagecache-lib/conformance.sh /path/to/cache-tests [file for the results]
#
# Needs Node and `npm install` in the checkout. Takes about two minutes. Fails if fewer required
# tests pass than are on record in docs/conformance.md.
set -eu

recorded=149

suite=${1:?the path of a checkout of cache-tests is missing}
suite=$(CDPATH="" cd -- "$suite" && pwd -P)
module=$(CDPATH="" cd -- "$(dirname -- "$0")" && pwd -P)

command -v node > /dev/null || { echo "Node is not on the PATH" >&2; exit 69; }
[ -f "$suite/test-engine/cli.mjs" ] || { echo "$suite is no checkout of cache-tests" >&2; exit 2; }
[ -d "$suite/node_modules/undici" ] || { echo "Run npm install in $suite first" >&2; exit 2; }

work=$(mktemp -d)
server=
proxy=
stop() {
  [ -z "$proxy" ] || kill "$proxy" 2> /dev/null || true
  [ -z "$server" ] || kill "$server" 2> /dev/null || true
  wait
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

# The first address a program prints, as soon as it is there.
address_in() {
  tries=0
  until grep -q 'http://' "$1" 2> /dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || { echo "Nothing listens; $1 says:" >&2; cat "$1" >&2; return 1; }
    sleep 0.2
  done
}

echo "Building the proxy" >&2
(cd "$module/.." && mvn -q -B -pl lms-pagecache-lib test-compile \
  dependency:build-classpath -Dmdep.outputFile="$work/classpath" -Dmdep.includeScope=test)

port=$(node -e '
  const server = require("net").createServer()
  server.listen(0, "127.0.0.1", () => { console.log(server.address().port); server.close() })')
(cd "$suite" && npm_config_protocol=http npm_config_port="$port" \
  npm_config_pidfile="$work/server.pid" exec node test-engine/server/server.mjs) \
  > "$work/server" 2>&1 &
server=$!
address_in "$work/server"

java -Dsun.net.httpserver.nodelay=true -Djdk.httpclient.allowRestrictedHeaders=connection \
  -cp "$module/target/classes:$module/target/test-classes:$(cat "$work/classpath")" \
  dev.lms.pagecache.conformance.ConformanceProxy "http://127.0.0.1:$port" \
  > "$work/proxy" 2> "$work/proxy.log" &
proxy=$!
address_in "$work/proxy"

echo "Running the suite" >&2
(cd "$suite" && npm_config_base="$(head -n 1 "$work/proxy")" npm_config_id='' \
  npm_package_config_id='' node --no-warnings test-engine/cli.mjs) > "$work/results.json"
[ -z "${2:-}" ] || cp "$work/results.json" "$2"

# Judged by the suite's own rules: a test also fails when one it depends on does.
cat > "$work/count.mjs" <<'END'
import fs from 'fs'
const [suite, file, recorded] = process.argv.slice(2)
const tests = (await import(`${suite}/tests/index.mjs`)).default
const { determineTestResult, resultTypes } =
  await import(`${suite}/test-engine/lib/results.mjs`)
const results = JSON.parse(fs.readFileSync(file))
const all = {}
const passed = {}
for (const test of tests.flatMap(group => group.tests).filter(test => !test.browser_only)) {
  const kind = test.kind || 'required'
  const result = determineTestResult(tests, test.id, results)
  all[kind] = (all[kind] || 0) + 1
  if (result === resultTypes.pass || result === resultTypes.yes) {
    passed[kind] = (passed[kind] || 0) + 1
  } else if (kind === 'required') {
    console.log(`${result[2]} ${test.id}: ${results[test.id][1] || 'depends on a test that failed'}`)
  }
}
for (const kind of ['required', 'optimal', 'check']) {
  console.log(`${kind}: ${passed[kind] || 0} of ${all[kind]}`)
}
if ((passed.required || 0) < recorded) {
  console.log(`On record are ${recorded} required tests`)
  process.exit(1)
}
END
node "$work/count.mjs" "$suite" "$work/results.json" "$recorded"
