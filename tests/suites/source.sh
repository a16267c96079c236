#!/bin/bash
# source.sh PACKAGE DIRECTORY: unpacks Debian's source package of that name into DIRECTORY, from the sources that
# this machine's own list names; the newest version that can be had.
set -eu
package=$1 directory=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/parts" "$work/lists/partial"
sed 's/^Types:.*/Types: deb-src/' /etc/apt/sources.list.d/*.sources > "$work/parts/source.sources" 2>/dev/null || true
sed -n 's/^deb /deb-src /p' /etc/apt/sources.list > "$work/parts/source.list" 2>/dev/null || true
options=(-qq -o "Dir::Etc::sourceparts=$work/parts" -o Dir::Etc::sourcelist=/dev/null
    -o "Dir::State::lists=$work/lists" -o APT::Sandbox::User=root)
apt-get "${options[@]}" update
cd "$work"
versions=$(apt-cache "${options[@]}" showsrc --only-source "$package" | sed -n 's/^Version: //p' | sort -rV)
for version in $versions; do
    if apt-get "${options[@]}" source --download-only --only-source "$package=$version" 2>"$work/errors"; then
        dpkg-source --no-check -x ./*.dsc "$directory" > "$work/unpacked"
        exit 0
    fi
    rm -f ./*.dsc ./*.tar.*
done
cat "$work/errors" >&2
echo "source.sh: no version of $package can be had (${versions:-none is listed})" >&2
exit 1
