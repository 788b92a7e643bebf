#!/bin/sh
# Makes sure that a Docker engine answers on this machine, for the container tests. Starts dockerd (Debian's package docker.io) when none does.
#
# usage: tests/containers/start-engine.sh
#
# An engine that is there already is left alone. One that this script starts keeps running after it: its process id and its log lie in
# ${NETSTORE_ENGINE_DIR:-/tmp/netstore-engine}, so that whoever started it can end it with `kill "$(cat …/pid)"`.
set -eu

engine_dir=${NETSTORE_ENGINE_DIR:-/tmp/netstore-engine}
wait_seconds=60

engine_answers() {
  docker version --format '{{.Server.Version}}' >/dev/null 2>&1
}

if engine_answers; then
  echo "Docker engine $(docker version --format '{{.Server.Version}}') answers already."
  exit 0
fi

if ! command -v dockerd >/dev/null; then
  echo "No Docker engine answers and dockerd is not installed (Debian: apt-get install docker.io docker-compose)." >&2
  exit 1
fi
if [ "$(id -u)" != 0 ]; then
  echo "No Docker engine answers, and only root can start one." >&2
  exit 1
fi

mkdir -p "$engine_dir"
# setsid: a Ctrl-C at the test run must not take the engine from under its containers.
setsid dockerd >"$engine_dir/dockerd.log" 2>&1 </dev/null &
engine_pid=$!
echo "$engine_pid" >"$engine_dir/pid"

waited=0
until engine_answers; do
  if [ "$waited" -ge "$wait_seconds" ] || ! kill -0 "$engine_pid" 2>/dev/null; then
    echo "dockerd did not come up within $wait_seconds s. The end of $engine_dir/dockerd.log:" >&2
    tail -n 20 "$engine_dir/dockerd.log" >&2
    exit 1
  fi
  sleep 1
  waited=$((waited + 1))
done
echo "Docker engine $(docker version --format '{{.Server.Version}}') started (process $engine_pid)."
