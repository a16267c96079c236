# Makes the tree that escapes are tried from: tree.sh TREE OUTSIDE ABSOLUTE UP, where ABSOLUTE is a file inside as the
# guest sees it and UP leads from the tree to OUTSIDE.
set -e
umask 0
tree=$1 outside=$2 absolute=$3 up=$4
mkdir -p "$tree/dir/deep" "$tree/moving/a/b" "$tree/swapped"
for f in file held dir/file dir/deep/file moving/a/b/file swapped/file; do echo inside > "$tree/$f"; done
mkdir -p "$outside/dir"
echo SECRET > "$outside/secret"
cp "$outside/secret" "$outside/dir/secret"
cp -a "$outside/secret" "${outside%/*}/secret"
cd "$tree"
ln -s dir/file in; ln -s dir in_dir; ln -s "$absolute" abs_in; ln -s loop loop
ln -s "$outside/secret" abs; ln -s "$outside" abs_dir
ln -s "$up/secret" up; ln -s "$up" up_dir; ln -s "../../../../../../../../../..$outside/secret" up_many
ln -s "/proc/1/root$outside/secret" proc_root; ln -s /proc/self/cwd proc_cwd; ln -s /proc/self/root proc_self_root
ln -s "$outside" swapped_link
echo inside > "$outside/hard-of-${tree##*/}"
ln "$outside/hard-of-${tree##*/}" hard
head -c 16384 /dev/zero | tr '\0' i > shrinks
mkfifo fifo
mknod null c 1 3; mknod kmsg c 1 11; mknod disk b 7 0
chown -hR "$5:$5" .
