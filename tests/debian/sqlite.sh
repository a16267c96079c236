# sqlite3: write-ahead log, four writers, mapped reads, rollback, backup.
# @timeout 120
cd /tmp
cat > q <<'C'
pragma journal_mode=wal; create table t(a integer primary key, b text);
with recursive c(x) as (select 1 union all select x+1 from c where x<50000) insert into t select x, hex(x*7) from c;
create index i on t(b); select count(*), sum(length(b)) from t; delete from t where a%3=0; vacuum; pragma integrity_check;
C
sqlite3 x.db < q
for i in 1 2 3 4; do
    (for j in $(seq 20); do sqlite3 -cmd '.timeout 30000' x.db "insert into t(b) values('p$i-$j')" > /dev/null; done) &
done
wait
sqlite3 x.db "select count(*) from t; pragma wal_checkpoint(truncate); pragma integrity_check"
sqlite3 x.db "select b from t where b like 'p%' order by b" | md5sum
sqlite3 x.db "pragma mmap_size=100000000; select count(*) from t where b like '%7%'; pragma journal_mode=delete;"
sqlite3 x.db "begin immediate; update t set b='x' where a<1000; rollback; select count(*) from t where b='x';" ".backup y.db"
cmp <(sqlite3 x.db .dump) <(sqlite3 y.db .dump) && echo same
ls
