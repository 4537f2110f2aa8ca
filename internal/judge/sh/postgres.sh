#!/bin/sh
# A private PostgreSQL server on a unix socket. Prints "ready" when it answers
# and stops, leaving nothing behind, when standard input ends: that is when the
# test process that started it is gone, however it went.
#
# $1: the folder with initdb and postgres   $2: an empty folder
set -eu
bin=$1 dir=$2
as=
if [ "$(id -u)" = 0 ]; then
	# PostgreSQL refuses to run as root.
	as='runuser -u postgres --'
	chown postgres "$dir"
fi
chmod 700 "$dir"
cd "$dir"
trap 'rm -rf "$dir"' EXIT
$as "$bin/initdb" --pgdata="$dir/data" --username=antin --auth=trust --encoding=UTF8 --locale=C --no-sync >"$dir/log" 2>&1 ||
	{ cat "$dir/log" >&2; exit 1; }
# Nothing here outlives the process, so nothing needs to reach the disk.
$as "$bin/postgres" -D "$dir/data" -k "$dir" -h '' \
	-c fsync=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB \
	-c max_wal_size=256MB -c autovacuum=on -c timezone=UTC >>"$dir/log" 2>&1 </dev/null &
child=$!
tries=0
until $as "$bin/pg_isready" -q -h "$dir" -U antin -d postgres >/dev/null 2>&1; do
	tries=$((tries + 1))
	if [ $tries -gt 300 ] || ! kill -0 $child 2>/dev/null; then
		cat "$dir/log" >&2
		kill $child 2>/dev/null || true
		exit 1
	fi
	sleep 0.1
done
echo ready
while read -r _; do :; done
# An immediate stop: clients are gone, and the data is thrown away.
$as "$bin/pg_ctl" -D "$dir/data" -m immediate -t 20 stop >/dev/null 2>&1 || kill -9 $child 2>/dev/null || true
