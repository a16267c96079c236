#!/bin/bash
# tcl.sh TREE FILE [PATTERN...]: runs a file of Tcl's own tests but for those whose names match a pattern. A line for
# each: "ok FILE NAME" or "not ok FILE NAME", and one for the file's end; what is skipped has none.
cd "$1/tests" || exit 1
file=$2
shift 2
timeout -s KILL 300 tclsh8.6 "$file" -verbose pass -skip "$*" 2>&1 </dev/null | awk -v file="$file" '
    /^\+\+\+\+ [^ ]+ PASSED/ { print "ok " file " " $2 }
    /^==== [^ ]+ .*FAILED$/ { print "not ok " file " " $2 }'
status=${PIPESTATUS[0]}
if [ "$status" = 0 ]; then echo "ok $file end"; else echo "not ok $file end: status $status"; fi
