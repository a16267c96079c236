#!/bin/bash
# sqlite.sh TREE FILE: runs a file of SQLite's own tests in the working directory. A line for each: "ok FILE NAME" or
# "not ok FILE NAME", and one for the file's end.
file=$2
timeout -s KILL 300 "$1/testfixture" "$1/test/$file" 2>&1 </dev/null | awk -v file="$file" '
    / \.\.\. Ok$/ { sub(/\.\.\.$/, "", $1); print "ok " file " " $1 }
    /^! [^ ]+ (expected|got):/ { print "not ok " file " " $2 }'
status=${PIPESTATUS[0]}
if [ "$status" = 0 ]; then echo "ok $file end"; else echo "not ok $file end: status $status"; fi
