#!/bin/bash
# perl.sh TREE FOLDER...: runs the tests of those folders, in a tree that perl-tree.sh made. A line for each: "ok FILE N"
# or "not ok FILE N", and one for the file's end; what is skipped or not expected to pass has none.
top=$1
shift
export PERL_CORE=1 PERL_SKIP_TTY_TEST=1 LC_ALL=C
shopt -s nullglob
for folder in "$@"; do
    for path in "$top/$folder"/*.t "$top/$folder"/t/*.t; do
        file=${path#"$top/"}
        case $file in
            t/*) directory=t test=${file#t/} ;;
            *) directory=${file%/t/*} test=t/${file##*/} ;;
        esac
        cd "$top/$directory" || exit 1
        options=$(head -1 "$test" | grep -o -- ' -[Tt]w*')
        # shellcheck disable=SC2086
        timeout -s KILL 120 "$top/perl" "-I$top/lib" -I. $options "$test" 2>/dev/null </dev/null | awk -v file="$file" '
            /^(not )?ok [0-9]+/ && !/# *([Ss][Kk][Ii][Pp]|TODO)/ {
                print ($1 == "ok" ? "ok " : "not ok ") file " " ($1 == "ok" ? $2 : $3)
            }'
        status=${PIPESTATUS[0]}
        if [ "$status" = 0 ]; then echo "ok $file end"; else echo "not ok $file end: status $status"; fi
    done
done
