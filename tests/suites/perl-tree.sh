#!/bin/bash
# perl-tree.sh SOURCE DIRECTORY: lays Perl's own tests out as its makefile would, around this machine's perl.
set -eu
source=$1 top=$2
mkdir -p "$top/lib"
cp -r "$source/t" "$top/t"
version=$(perl -e 'printf "%vd", $^V' | cut -d. -f1,2)
for library in "/usr/share/perl/$version" /usr/lib/*/perl/"$version" /usr/lib/*/perl-base; do
    cp -rL "$library/." "$top/lib/"
done
(cd "$source/lib" && find . -name '*.t' -o -name '*.pl') | while read -r file; do
    mkdir -p "$top/lib/$(dirname "$file")"
    cp "$source/lib/$file" "$top/lib/$file"
done
for tests in "$source"/{ext,cpan,dist}/*/t; do
    module=$(dirname "${tests#"$source/"}")
    mkdir -p "$top/$module"
    cp -r "$tests" "$top/$module/t"
done
cp "$(command -v perl)" "$top/perl"
cp "$top/perl" "$top/t/perl"
chmod -R a+rX "$top"
