// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;

namespace Moat.Workload.Tests;

/// <summary>Programs in Debian's Python.</summary>
internal static class PythonWorkloads
{
    public static IEnumerable<Workload> All { get; } =
    [
        Python("hash", "import hashlib; h = hashlib.sha256(); [h.update(b'x' * 1000000) for _ in "
            + "range(100)]; print(h.hexdigest())"),
        Python("json", "import json; d = {str(i): [i, i / 3, None, True, 'é'] for i in range(5000)}; "
            + "s = json.dumps(d, sort_keys=True); print(len(s), json.loads(s) == d)"),
        Python("sqlite", """
            import sqlite3, tempfile, os
            with tempfile.TemporaryDirectory() as d:
                c = sqlite3.connect(os.path.join(d, 'db'))
                c.execute('create table t(a integer primary key, b text)')
                with c: c.executemany('insert into t(b) values (?)', ((str(i),) for i in range(10000)))
                for i in range(50):
                    with c: c.execute('insert into t(b) values (?)', (str(i),))
                print(c.execute('select count(*), max(a) from t').fetchone())
                print(c.execute('pragma integrity_check').fetchone())
            """),
        Python("pool", """
            from multiprocessing import Pool
            def f(x): return x * x
            if __name__ == '__main__':
                with Pool(4) as p: print(sum(p.map(f, range(1000))))
            """),
        Python("threads", """
            import threading
            n = 0; l = threading.Lock()
            def work():
                global n
                for _ in range(1000):
                    with l: n += 1
            t = [threading.Thread(target=work) for _ in range(50)]
            [x.start() for x in t]; [x.join() for x in t]; print(n)
            """),
        Python("subprocess", """
            import subprocess
            print(sum(int(subprocess.run(['echo', str(i)], capture_output=True).stdout) for i in range(100)))
            print(subprocess.run('exit 5', shell=True).returncode)
            print(subprocess.run(['sh', '-c', 'kill -9 $$']).returncode)
            try: subprocess.run(['sleep', '10'], timeout=0.2)
            except subprocess.TimeoutExpired: print('timeout')
            try: subprocess.run(['/nonexistent'])
            except FileNotFoundError as e: print(e.errno)
            """),
        Python("alarm", """
            import signal, time
            def h(s, f): print('alarm', s); raise SystemExit(8)
            signal.signal(signal.SIGALRM, h); signal.alarm(1); time.sleep(10)
            """),
        Python("tempfile", """
            import tempfile, os
            with tempfile.NamedTemporaryFile() as f:
                f.write(b'data'); f.flush(); print(os.path.getsize(f.name))
            with tempfile.TemporaryFile() as f: f.write(b'x' * 100000); f.seek(5); print(len(f.read()))
            d = tempfile.mkdtemp(); os.rmdir(d); print(os.path.exists(d), tempfile.gettempdir())
            """),
        Python("walk", "import os; print(sum(len(f) + len(d) for _, d, f in os.walk('/usr/lib')))", 120),
        Python("asyncio", """
            import asyncio
            async def main():
                r = await asyncio.gather(*(asyncio.sleep(0.01 * (i % 3), i) for i in range(100)))
                print(sum(r))
                p = await asyncio.create_subprocess_exec('echo', 'sub', stdout=-1)
                print((await p.communicate())[0])
                q = asyncio.Queue(); await q.put(1); print(await q.get())
            asyncio.run(main())
            """),
        Python("mmap-shm", """
            import mmap, os
            from multiprocessing import shared_memory, Process
            m = mmap.mmap(-1, 8192); m[0:5] = b'hello'
            if os.fork() == 0: m[0:5] = b'child'; os._exit(0)
            os.wait(); print(m[0:5])
            s = shared_memory.SharedMemory(create=True, size=100); s.buf[3] = 9
            t = shared_memory.SharedMemory(s.name); print(t.buf[3]); t.close(); s.close(); s.unlink()
            """),
        Python("select", """
            import selectors, os, socket
            s = selectors.DefaultSelector(); a, b = socket.socketpair(); s.register(a, selectors.EVENT_READ)
            print(type(s).__name__, len(s.select(0))); b.send(b'x'); print(len(s.select(1)))
            print(a.recv(5)); b.close(); print(a.recv(5))
            """),
        Python("big-allocation", "a = bytearray(300 << 20); a[::4096] = b'1' * len(a[::4096]); "
            + "print(sum(a[::4096]) // 49); del a"),
        Python("fork-exec-tree", """
            import os
            def tree(n):
                if n == 0: return 1
                r, w = os.pipe(); total = 1
                for _ in range(2):
                    if os.fork() == 0: os.write(w, b'%d\n' % tree(n - 1)); os._exit(0)
                os.close(w); f = os.fdopen(r); total += sum(int(x) for x in f)
                [os.wait() for _ in range(2)]; return total
            print(tree(4))
            """),
        Python("exit", "import sys; print('to stderr', file=sys.stderr); sys.exit(77)"),
        Python("recursion", "import sys; sys.setrecursionlimit(9000); f = lambda n: 0 if n == 0 else 1 + "
            + "f(n - 1); print(f(8000))"),
        Python("import-everything", """
            import ctypes, decimal, email, html, http, logging, lzma, bz2, zlib
            import unittest, xml, zipfile, tarfile, random, datetime, ssl, uuid, csv
            print(ctypes.CDLL(None).getpid() > 0, decimal.Decimal(1) / 7, zlib.crc32(b'x'))
            print(len(lzma.compress(b'a' * 10000)))
            """),
    ];

    private static Workload Python(string name, string program, int timeoutSeconds = 60) =>
        new("python-" + name, $"cat > p.py <<'END'\n{program}\nEND\n/usr/bin/python3 p.py", timeoutSeconds);
}
