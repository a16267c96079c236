# redis-server with an append-only file: kill -9 loses nothing that was confirmed.
# @timeout 120
mkdir /tmp/r; cd /tmp/r
printf '%s\n' 'port 0' 'unixsocket /tmp/r/s' 'dir /tmp/r' 'appendonly yes' 'appendfsync always' 'logfile log' > conf
start() {
    redis-server conf & p=$!
    for i in $(seq 200); do redis-cli -s s ping 2>/dev/null | grep -q PONG && break; sleep 0.1; done
}
finished() { for i in $(seq 200); do redis-cli -s s info persistence | grep -q "$1:0" && break; sleep 0.1; done; }
start
for i in $(seq 500); do echo "SET k$i v$i"; echo "LPUSH l $i"; done | redis-cli -s s | grep -c OK
redis-cli -s s bgrewriteaof > /dev/null; finished aof_rewrite_in_progress
redis-cli -s s set last one; kill -9 $p; wait $p 2>/dev/null; echo $?; rm -f s
start
redis-cli -s s dbsize; redis-cli -s s get last; redis-cli -s s llen l
redis-cli -s s bgsave > /dev/null; finished rdb_bgsave_in_progress
redis-cli -s s info persistence | grep -E 'last_bgsave_status|aof_last_write'
redis-benchmark -s s -n 2000 -q -t set,get,lpush 2>&1 | grep -c 'requests per second'
redis-cli -s s shutdown; wait $p; echo $?; ls | sort
redis-check-aof appendonlydir/*.manifest 2>&1 | tail -1
