# PostgreSQL: initdb, pgbench, dump and restore, kill -9 and recovery, checksums.
# @timeout 200
set -e
cd /tmp; export PATH=/usr/lib/postgresql/15/bin:$PATH; mkdir -p /pg; chown postgres /pg; mkdir -p /var/run/postgresql; chown postgres /var/run/postgresql
run() { su postgres -s /bin/bash -c "$1"; }
run "/usr/lib/postgresql/15/bin/initdb -D /pg/d -A trust >/tmp/init.log" || cat /tmp/init.log
echo "listen_addresses=''" >> /pg/d/postgresql.conf
run "/usr/lib/postgresql/15/bin/pg_ctl -w -D /pg/d -l /pg/log start" | tail -1
run "createdb t; pgbench -i -s 2 -q t" 2>&1 | sed 's/[0-9.]* s//g' | tail -2
run "pgbench -c 4 -j 2 -t 200 t" 2>/dev/null | grep -E 'processed|failed'
run "psql -At t -c 'select count(*), sum(abalance) is not null from pgbench_accounts' -c 'create extension if not exists plpgsql' -c 'select sum(i) from generate_series(1,100000) i'"
run "pg_dump t > /tmp/pg.dump; pg_dump -Fc t > /tmp/pg.fc; createdb u; psql -q -v ON_ERROR_STOP=1 u < /tmp/pg.dump >/dev/null; createdb v; pg_restore -j 2 -d v /tmp/pg.fc; psql -At u -c 'select count(*) from pgbench_accounts'; psql -At v -c 'select count(*) from pgbench_accounts'"
kill -9 $(head -1 /pg/d/postmaster.pid); sleep 1; while pgrep -x postgres >/dev/null; do sleep 0.2; done
run "/usr/lib/postgresql/15/bin/pg_ctl -w -D /pg/d -l /pg/log start" | tail -1
run "psql -At u -c 'select count(*) from pgbench_accounts'"
run "/usr/lib/postgresql/15/bin/pg_ctl -m fast -w -D /pg/d stop" | tail -1
run "/usr/lib/postgresql/15/bin/pg_checksums -D /pg/d --enable" | grep -c . ; run "/usr/lib/postgresql/15/bin/pg_checksums -D /pg/d --check" | grep Bad
