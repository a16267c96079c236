#!/bin/bash
# sqlite-build.sh SOURCE: builds the program that runs SQLite's own tests.
set -eu
cd "$1"
./configure > configure.log 2>&1
make -j2 testfixture > make.log 2>&1
chmod -R a+rX .
