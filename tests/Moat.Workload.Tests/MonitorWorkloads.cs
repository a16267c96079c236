// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;

namespace Moat.Workload.Tests;

/// <summary>Tools that look at processes, memory and load, and what language runtimes make of the machine.</summary>
internal static class MonitorWorkloads
{
    private const string Psutil = """
        cat > m.py <<'END'
        import os, psutil, subprocess, time
        def row(key):
            for line in open('/proc/meminfo'):
                if line.startswith(key + ':'): return int(line.split()[1]) * 1024
        memory, swap = psutil.virtual_memory(), psutil.swap_memory()
        print(memory.total == row('MemTotal'), 0 < memory.available <= memory.total, 0 <= memory.used <= memory.total)
        print(swap.total == row('SwapTotal'), psutil.cpu_count() == int(subprocess.check_output('nproc')))
        print(psutil.cpu_times().user > 0, len(psutil.cpu_times(percpu=True)) == psutil.cpu_count())
        print(psutil.cpu_stats().ctx_switches > 0, len(psutil.getloadavg()), psutil.boot_time() > 0)
        print(sorted(set(psutil.pids()) - {os.getpid()}) != [], os.getpid() in psutil.pids())
        me = psutil.Process()
        info = me.memory_full_info()
        print(5 << 20 < info.rss < 100 << 20, 1 << 20 < info.uss <= info.rss, info.uss <= info.pss <= info.rss)
        block = bytearray(32 << 20)
        for i in range(0, len(block), 4096): block[i] = 1
        grown = me.memory_full_info()
        print(32 << 20 <= grown.rss - info.rss + 65536 < 40 << 20, 32 << 20 <= grown.uss - info.uss + 65536 < 40 << 20)
        print(any(one.path == '[heap]' for one in me.memory_maps()), sum(one.rss for one in me.memory_maps()) > 32 << 20)
        before = me.io_counters()
        file = open('out', 'wb', buffering=0)
        file.write(block)
        after = me.io_counters()
        print(after.write_chars - before.write_chars, after.write_count - before.write_count)
        print('out' in [os.path.basename(one.path) for one in me.open_files()], me.num_threads(), me.num_fds() > 3)
        child = subprocess.Popen(['sleep', '50'], cwd='/usr')
        time.sleep(0.3)
        kin = psutil.Process(child.pid)
        print(me.children() == [kin], kin.name(), kin.cmdline(), kin.cwd(), kin.ppid() == os.getpid(), kin.status())
        print(kin.memory_info().rss > 100000, me.cpu_times().user > 0, kin.create_time() >= me.create_time() - 0.02)
        child.kill(); child.wait()
        print(psutil.pid_exists(child.pid), 'lo' in psutil.net_io_counters(pernic=True), psutil.users() is not None)
        print(len(psutil.disk_partitions(all=True)) > 0, psutil.disk_usage('/').total > 0)
        END
        /usr/bin/python3 m.py 2>&1
        """;

    public static IEnumerable<Workload> All { get; } =
    [
        new("ps-fields", """
            sleep 77 & p=$!; sleep 0.2
            ps aux | awk -v p=$p '$2 == p { print ($5 > 1000), ($6 > 100 && $6 < 20000), substr($8, 1, 1), $11, $12 }'
            ps -o ppid= -p $p | awk -v me=$$ '{ print ($1 == me) }'
            ps -eo pid,etimes,time,nlwp,ni,stat,rss,vsz,pmem,pcpu | awk 'END { print NF }'
            ps -L -o lwp= -p $p | awk -v p=$p '{ print ($1 == p) }'
            [ $(ps -e --no-headers | wc -l) -ge 3 ]; echo $?; pgrep -f 'sleep 77' | grep -cx $p; kill $p
            """),
        new("top", """
            sleep 77 & p=$!; sleep 0.2; top -b -n1 -p $p > log 2>&1; echo $?
            awk -v p=$p '$1 == p { print $8, $12, ($6 > 0 && $6 < 20000) }' log; awk '/^Tasks:/ { print $2 }' log
            awk '/^MiB Mem/ { print ($4 > 0), ($6 <= $4), ($8 <= $4) }' log
            grep '^%Cpu' log | tr -c '0-9.\n' ' ' | awk '{ for (i = 1; i <= NF; i++) { s += $i } print (s > 98 && s < 102) }'
            kill $p
            """),
        new("free-vmstat", """
            total=$(awk '/^MemTotal/ { print $2 }' /proc/meminfo)
            free 2>&1 | awk -v t=$total '/^Mem:/ { print ($2 == t), ($3 + $7 == $2), ($4 <= $2), ($3 > 0) }'
            vmstat 2>&1 | awk 'END { print NF, ($4 > 0), ($13 + $14 + $15 + $16 + $17 > 97) }'
            vmstat -s 2>&1 | awk -v t=$total '/total memory/ { print ($1 == t) } /forks/ { print ($1 > 0) }'
            vmstat 1 2 2>&1 | wc -l
            """),
        new("sysstat", """
            export LC_ALL=C S_TIME_FORMAT=ISO
            sh -c 'while :; do echo x > /dev/null; done' & p=$!
            pidstat -u -r -d -w -p $p 1 1 > log 2>&1; echo $?
            awk -v p=$p '/^Average/ && $3 == p { print NF, $NF }' log
            awk -v p=$p '/^Average/ && $3 == p && !n++ { print ($8 > 3) }' log
            mpstat -P ALL > log 2>&1; echo $?; grep -cE '^[0-9:]+ +([0-9]+|all) ' log | awk -v n=$(nproc) '{ print ($1 == n + 1) }'
            iostat -c 2>&1 | awk '/^ +[0-9]/ { print NF }'
            kill $p
            """),
        new("lscpu", """
            lscpu -p=cpu 2>&1 | grep -vc '^#' | awk -v n=$(nproc) '{ print ($1 == n) }'
            lscpu 2>&1 | awk -F: -v n=$(nproc) '/^CPU\(s\)/ { print ($2 + 0 == n) } /^NUMA node\(s\)/ { print $2 + 0 }'
            lscpu | grep -c '^Model name: *[A-Z]'
            """),
        new("mount-tables", """
            df -P . 2>&1 | awk 'NR == 2 { print ($2 > 0), ($3 + $4 <= $2) }'; df -a 2>&1 | grep -c ' /proc$'
            findmnt -n -o FSTYPE /proc 2>&1; findmnt -n -o TARGET -T /proc/self 2>&1; findmnt -rn -o FSTYPE -t proc | sort -u
            mount | grep -c ' on /proc type proc '; findmnt -rn -o TARGET | grep -cx /
            """),
        new("sockets-seen", """
            cat > l.py <<'END'
            import os, socket, time
            s = socket.socket(socket.AF_UNIX)
            s.bind('local.sock')
            s.listen(3)
            c = socket.socket(socket.AF_UNIX)
            c.connect('local.sock')
            a, _ = s.accept()
            open('ready', 'w').close()
            time.sleep(30)
            END
            /usr/bin/python3 l.py & p=$!; while [ ! -e ready ]; do sleep 0.05; done
            ss -x -a 2>/dev/null | awk '/local.sock/ { print $1, $2, $5 }' | sort
            lsof -w -U -a -p $p 2>&1 | awk 'NR > 1 { print $1, $5, /local.sock/, /type=STREAM/ }' | sort
            kill $p
            """),
        new("lsof", """
            exec 9>written; sleep 77 & p=$!; sleep 0.2
            lsof -w -a -p $p -d cwd,rtd,txt,9 -Fft 2>&1 | grep -v '^p'
            lsof -w -p $p -Fn 2>&1 | grep -c '/written$'; lsof -w written 2>&1 | awk -v p=$p '$2 == p { print $1, $4 }'
            kill $p
            """),
        new("pmap", """
            sleep 77 & p=$!; sleep 0.2; pmap -x $p > log 2>&1; echo $?
            awk '$1 == "total" { print ($3 >= $4), ($4 > 100 && $4 < 20000), ($5 > 10 && $5 < $4) }' log
            awk 'NR > 2 && $2 ~ /^[0-9]+$/ { s += $2 } $1 == "total" { print (s == $3) }' log
            grep -c '\[ stack \]' log; pmap -XX $p 2>&1 | awk 'NR == 2 { print $6, $7 }'; pmap -d $p 2>&1 | grep -c '^mapped:'
            kill $p
            """),
        new("uptime", """
            uptime 2>&1 | grep -cE 'load average: [0-9]+\.[0-9]+, [0-9]+\.[0-9]+, [0-9]+\.[0-9]+$'
            w 2>&1 | head -1 | grep -c 'load average:'; uptime -p | cut -c1-2; cat /proc/loadavg | wc -w
            """),
        new("ipcs", """
            id=$(ipcmk -M 8192 | awk '{ print $NF }'); ipcs -m | awk -v id=$id '$2 == id { print $4, $5, $6 }'
            lsipc -m --noheadings -o id,size,nattch -b | awk -v id=$id '$1 == id { print $2, $3 }'; ipcrm -m $id
            ipcs -m | awk -v id=$id '$2 == id' | wc -l
            """),
        new("jvm-system", """
            java -XshowSettings:system -version > log 2>&1; echo $?
            awk -F: -v n=$(nproc) '/Effective CPU Count/ { print ($2 + 0 == n) }' log
            java -XX:+PrintFlagsFinal -version 2>/dev/null | awk -v t=$(awk '/^MemTotal/ { print $2 * 1024 }' /proc/meminfo) \
                '$2 == "MaxHeapSize" { print ($4 > t / 4.2 && $4 < t / 3.8) }'
            """, 90),
        new("node-os", """
            cat > m.js <<'END'
            const os = require('os'), fs = require('fs');
            const total = Number(/MemTotal: +(\d+)/.exec(fs.readFileSync('/proc/meminfo'))[1]) * 1024;
            console.log(os.totalmem() === total, os.freemem() > 0 && os.freemem() <= total, os.loadavg().length);
            console.log(os.cpus().length === Number(process.argv[2]), os.cpus()[0].times.idle > 0, os.uptime() > 0);
            const use = process.memoryUsage(), resources = process.resourceUsage();
            console.log(use.rss > 20e6 && use.rss < 400e6, use.heapUsed < use.rss, resources.maxRSS * 1024 >= use.rss * 0.9);
            const block = Buffer.alloc(64 << 20, 1);
            console.log(process.memoryUsage().rss - use.rss > 60e6, block.length);
            console.log(resources.userCPUTime > 0, process.availableMemory ? process.availableMemory() > 0 : true);
            END
            node m.js $(nproc) 2>&1
            """),
        new("psutil", Psutil),
    ];
}
