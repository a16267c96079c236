# PostgreSQL's own regression tests: parallel_schedule, against a server that has UNIX sockets only.
# @timeout 900
set -e
bin=/usr/lib/postgresql/15/bin; export PATH=$bin:$PATH
mkdir -p /pg /var/run/postgresql; chown postgres /pg /var/run/postgresql
cp -r /data/postgresql/src/test/regress /pg/regress; cd /pg/regress
make -s -f /data/postgresql/debian/tests/Makefile.regress PG_CONFIG=$bin/pg_config with_llvm=no > /tmp/make.log 2>&1 || cat /tmp/make.log
sed -i "s;set regresslib :libdir;set regresslib '$PWD';" sql/* expected/*
mkdir -p /pg/out; chown -R postgres /pg
run() { su postgres -s /bin/bash -c "$1"; }
run "$bin/initdb -D /pg/d -A trust --no-locale -E UTF8 > /tmp/init.log" || cat /tmp/init.log
printf "listen_addresses=''\nmax_prepared_transactions=2\nfsync=off\n" >> /pg/d/postgresql.conf
run "$bin/pg_ctl -w -D /pg/d -l /pg/log start" | tail -1
run "cd /pg/regress; /usr/lib/postgresql/15/lib/pgxs/src/test/regress/pg_regress --use-existing --host=/var/run/postgresql \
    --bindir=$bin --schedule=parallel_schedule --outputdir=/pg/out; echo status \$?" 2>&1 | sed -E 's/ +[0-9]+ ms$//' | grep -v '^parallel group' | sed -E 's/ +\.\.\. / ... /'
head -60 /pg/out/regression.diffs 2>/dev/null || true
run "$bin/pg_ctl -m fast -w -D /pg/d stop" | tail -1
