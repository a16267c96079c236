// SPDX-License-Identifier: Apache-2.0
namespace Moat.Cli.Tests;

/// <summary>What is done to a tree by turns inside and outside, and how trees are compared.</summary>
internal static class OverlayScripts
{
    /// <summary>Makes the lower tree in a directory.</summary>
    internal const string Make = """
        set -e; cd "$1"
        mkdir -p dir/deep empty gone/sub moved other; chmod 2775 dir/deep
        for f in a b c d e f; do echo "file $f" > $f; echo "dir $f" > dir/$f; echo "gone $f" > gone/$f; done
        echo deep > dir/deep/x; echo sub > gone/sub/y; ln a hard; ln -s a link; ln -s nowhere dangling
        cp /bin/true setuid; chmod 4755 setuid; chown 1:2 b; mkfifo fifo; head -c 300000 /dev/zero > big
        setx a user.one 1
        find . -exec touch -h -d '2020-02-02 02:02:02.020202020' {} +
        """;

    /// <summary>The changes of the first turn.</summary>
    internal const string First = """
        set -e; cd "$1"
        echo more >> a; chmod 600 b; chown 3:4 c; rm d; mv e renamed; ln f f2; echo new > dir/new
        rm -r gone; mkdir gone; echo other > gone/z; rm -r moved; mv other/ other2 2>/dev/null || true
        mkdir own; mv own own2; echo 1 > own2/1; rm dir/a; mkdir dir/a; touch dir/a/in; rm dangling
        mkdir dangling; chmod 4711 setuid; chmod 700 fifo; mkfifo fifo2; ln -sf b link
        truncate -s 1000000 big; echo x > .whatever
        mv dir/b dir/c; touch -d '2021-01-01 01:01:01.010101010' dir/deep/x; chmod 1777 empty
        setx dir/d user.two 22
        printf 1 | dd of=sparse bs=1 seek=5000000 2>/dev/null
        i=0; n=x; while [ $i -lt 120 ]; do n=x$n; i=$((i+1)); done
        echo long > $n; mkdir $n.d; echo long > $n.d/$n; touch -- '-dash'
        touch 'a b' "$(printf 'new\nline')" "$(printf 'b\377d')"
        """;

    /// <summary>The changes of the second turn.</summary>
    internal const string Second = """
        set -e; cd "$1"
        rm gone/z; rm -r dir/a; echo again > dir/a; mv renamed e; rm f; echo back > d; rm -r own2
        rm -r dir/deep; mkdir dir/deep; echo > dir/deep/other; mv c dir/deep/c; chmod 640 f2; rm hard
        mv link link2
        rmdir dangling; ln -s b dangling; setx dir/new user.three 333
        """;

    /// <summary>Prints a line for everything in a tree.</summary>
    internal const string List = """
        import hashlib, os, stat, sys
        os.chdir(sys.argv[1])
        links, counts = {}, {}
        for top, names, files in os.walk(b'.'):
            for name in files:
                number = os.lstat(os.path.join(top, name)).st_ino
                counts[number] = counts.get(number, 0) + 1
        for top, names, files in sorted(os.walk(b'.')):
            for name in sorted(names + files) + ([b'.'] if top == b'.' else []):
                path = os.path.join(top, name)
                s = os.lstat(path)
                kind = stat.S_IFMT(s.st_mode)
                text = b''
                if kind == stat.S_IFREG:
                    text = hashlib.sha1(open(path, 'rb').read()).hexdigest()[:8]
                    first = links.setdefault(s.st_ino, path)
                    text += ' %d %d %s' % (s.st_size, counts[s.st_ino], '' if first == path else first)
                elif kind == stat.S_IFLNK:
                    text = os.readlink(path)
                attributes = [] if kind not in (stat.S_IFREG, stat.S_IFDIR) else sorted(
                    (n, os.getxattr(path, n)) for n in os.listxattr(path) if n.startswith('user.'))
                print(path, oct(s.st_mode), s.st_uid, s.st_gid, s.st_mtime_ns, text, attributes)
        """;

    /// <summary>Applies a layer to a directory: whiteouts first, the rest by tar.</summary>
    internal const string Apply = """
        import os, shutil, subprocess, sys, tarfile
        tar, root = os.fsencode(sys.argv[1]), os.fsencode(sys.argv[2])
        def drop(path):
            if os.path.islink(path) or not os.path.isdir(path):
                if os.path.lexists(path): os.unlink(path)
            else: shutil.rmtree(path)
        with tarfile.open(tar) as layer:
            for member in layer:
                path = os.path.join(root, os.fsencode(member.name))
                top, name = os.path.split(path)
                if name == b'.wh..wh..opq':
                    if os.path.isdir(top):
                        for old in os.listdir(top): drop(os.path.join(top, old))
                elif name.startswith(b'.wh.'): drop(os.path.join(top, name[4:]))
                elif os.path.lexists(path) and not (os.path.isdir(path) and member.isdir()): drop(path)
        subprocess.check_call([b'tar', b'-xpf', tar, b'-C', root, b'--xattrs', b'--xattrs-include=user.*',
            b'--numeric-owner', b'--exclude=.wh.*'])
        """;

    /// <summary>setfattr, which not every machine has, as a shell function.</summary>
    internal const string Functions =
        "setx() { python3 -c 'import os, sys; a = sys.argv; os.setxattr(a[1], a[2], a[3].encode())' "
        + "\"$@\"; }; ";
}
