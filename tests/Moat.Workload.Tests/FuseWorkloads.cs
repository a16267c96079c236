// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;

namespace Moat.Workload.Tests;

/// <summary>
/// File systems that Debian's programs serve (FUSE), with libfuse 2 and 3. Only root may open the host's
/// /dev/fuse.
/// </summary>
internal static class FuseWorkloads
{
    public static IEnumerable<Workload> All { get; } =
    [
        new("fuse_bindfs", """
            [ $(id -u) = 0 ] || exit 0
            mkdir src m; echo one > src/one; bindfs src m; mount | grep -c ' fuse'
            echo two > m/two; cat m/one m/two; mkdir m/dir; mv m/two m/dir/three; ln -s three m/dir/link
            ln m/one m/hard; stat -c '%s %A %n' m/one; find m -printf '%y %m %p\n' | sort
            cp -r m/dir m/copy; cat m/copy/link; chmod 600 m/one; stat -c %a src/one; touch -d @5 m/one
            stat -c %Y src/one; truncate -s 100000 m/big; cksum < m/big; seq 100000 > m/seq; cksum < src/seq
            sort -r m/seq | head -2; cmp src/seq m/seq && echo same; rm m/hard; rmdir m/dir 2>&1
            rm -r m/dir; ls src; cp /bin/echo m/echo; m/echo executed
            umount m; ls m | wc -l; mount | grep -c ' fuse'; ls src | wc -l
            """),
        new("fuse_git", """
            [ $(id -u) = 0 ] || exit 0
            mkdir src m; bindfs src m; cd m; git init -q repo; cd repo
            git config user.email a@b; git config user.name n
            seq 1000 > f; mkdir d; cp f d/g; git add .; git commit -qm first
            git mv f h; git commit -qam second
            git log --format=%s; cd ../..; git clone -q m/repo m/clone 2>&1; git -C m/clone status -s
            cksum < m/clone/h; git -C m/clone fsck 2>&1 | tail -1; git -C m/clone gc -q; ls m/clone
            python3 -c '
            import sqlite3
            c = sqlite3.connect("m/db")
            c.execute("create table t(a)")
            c.executemany("insert into t values(?)", [(i,) for i in range(500)])
            c.commit()
            print(c.execute("select sum(a) from t").fetchone())'
            umount m; ls m src
            """, 120),
        new("fuse_images", """
            [ $(id -u) = 0 ] || exit 0
            mkdir m in; seq 2000 > in/a; mkdir in/sub; echo text > in/sub/b; ln -s a in/l
            mksquashfs in image.sq -quiet -no-progress > /dev/null; squashfuse image.sq m
            find m -type f | sort | xargs cksum; readlink m/l; touch m/x 2>&1; echo $?; umount m
            (cd in && zip -qr ../a.zip a sub); fuse-zip a.zip m
            cat m/sub/b; echo new > m/new; mkdir m/d; mv m/new m/d/moved; rm m/sub/b; ls m m/d m/sub; umount m
            while pgrep -x fuse-zip > /dev/null; do sleep 0.1; done
            unzip -l a.zip | awk '{ print $1, $4 }' | grep -v : | sort
            tar cf a.tar -C in .; archivemount -o readonly a.tar m; cat m/sub/b; cksum < m/a; ls m; umount m
            """),
        new("fuse_union", """
            [ $(id -u) = 0 ] || exit 0
            mkdir low high m; echo low > low/x; echo high > high/y; unionfs -o cow high=RW:low=RO m
            cat m/x m/y; echo changed > m/x; cat low/x high/x; rm m/y; ls m; fusermount -u m; ls m | wc -l
            """),
    ];
}
