# apt-get from a file: repository, dpkg with its scripts, removal and purge.
# @timeout 200
set -e
export DEBIAN_FRONTEND=noninteractive
echo "deb [trusted=yes] file:/data/repo ./" > /etc/apt/sources.list
rm -f /etc/apt/sources.list.d/*
apt-get update -qq
apt-get install -y -qq tree jq bc hello tcl 2>&1 | grep -v -e '^(Reading' -e '^$'
hello
echo '{"a":[1,2]}' | jq -c .a
echo '2^100' | bc
tree -d /usr/share/doc/tree
echo 'puts [expr 6*7]' | tclsh
dpkg -l | tail -n +6 | awk '{print $1,$2,$3}' | md5sum
dpkg --verify
dpkg --audit
apt-get remove -y -qq jq | grep -v Reading
dpkg -i /data/repo/jq_*.deb > /dev/null
dpkg -s jq | grep Status
dpkg -P jq bc 2>&1 | grep -v Reading
ls /usr/bin/jq 2>&1 || true
dpkg-deb -x /data/repo/tree_*.deb /tmp/tree
find /tmp/tree | sort
