// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;

namespace Moat.Workload.Tests;

/// <summary>Languages with many threads and schedulers of their own: compiled and run on both sides.</summary>
internal static class LanguageWorkloads
{
    private const string Java = """
        cat > T.java <<'END'
        import java.util.*;
        import java.util.concurrent.*;
        import java.util.concurrent.atomic.*;
        public class T {
            static int deep(int i) { return deep(i + 1) + 1; }
            public static void main(String[] args) throws Exception {
                ExecutorService pool = Executors.newFixedThreadPool(16);
                List<Future<Long>> all = new ArrayList<>();
                ConcurrentHashMap<Integer, Integer> map = new ConcurrentHashMap<>();
                for (int t = 0; t < 64; t++) {
                    final int k = t;
                    all.add(pool.submit(() -> {
                        long s = 0;
                        byte[][] garbage = new byte[100][];
                        for (int i = 0; i < 100000; i++) { s += i % (k + 1); map.merge(i % 97, 1, Integer::sum); }
                        for (int i = 0; i < 2000; i++) { garbage[i % 100] = new byte[10000]; }
                        return s;
                    }));
                }
                long sum = 0;
                for (Future<Long> one : all) { sum += one.get(); }
                pool.shutdown();
                System.out.println(sum + " " + map.size() + " " + map.get(5));
                System.out.println(new ProcessBuilder("echo", "child").inheritIO().start().waitFor());
                System.out.println(new ForkJoinPool(8).submit(
                    () -> java.util.stream.LongStream.range(0, 3000000).parallel().sum()).get());
                try { deep(0); } catch (StackOverflowError e) { System.out.println("overflow"); }
                try { int[] none = null; System.out.println(none[0]); }
                catch (NullPointerException e) { System.out.println("null"); }
                SynchronousQueue<Integer> queue = new SynchronousQueue<>();
                Thread giver = new Thread(() -> {
                    try { for (int i = 0; i < 2000; i++) { queue.put(i); } } catch (InterruptedException e) { }
                });
                giver.start();
                long got = 0;
                for (int i = 0; i < 2000; i++) { got += queue.take(); }
                giver.join();
                System.out.println(got);
                System.exit(3);
            }
        }
        END
        javac T.java && java -Xmx200m T; echo $?
        """;

    private const string Go = """
        cat > g.go <<'END'
        package main
        import ("fmt"; "io"; "os"; "os/exec"; "os/signal"; "runtime"; "sync"; "syscall"; "time")
        func main() {
            runtime.GOMAXPROCS(8)
            var all sync.WaitGroup
            var lock sync.Mutex
            total, sum, results := 0, 0, make(chan int, 10)
            for i := 0; i < 1000; i++ {
                all.Add(1)
                go func(i int) {
                    defer all.Done()
                    s := 0
                    for k := 0; k < 10000; k++ { s += k % (i + 1) }
                    lock.Lock(); total += s; lock.Unlock()
                    if i % 10 == 0 { time.Sleep(time.Millisecond) }
                    results <- i
                }(i)
            }
            for i := 0; i < 1000; i++ { sum += <-results }
            all.Wait()
            fmt.Println(total, sum)
            for i := 0; i < 20; i++ {
                all.Add(1)
                go func() {
                    runtime.LockOSThread()
                    r, w, _ := os.Pipe()
                    go w.Write([]byte("abc"))
                    io.ReadFull(r, make([]byte, 3))
                    syscall.Nanosleep(&syscall.Timespec{Nsec: 20000000}, nil)
                    all.Done()
                }()
            }
            all.Wait()
            out, err := exec.Command("echo", "child").Output()
            fmt.Println(string(out), err)
            caught := make(chan os.Signal, 1)
            signal.Notify(caught, syscall.SIGUSR1)
            syscall.Kill(os.Getpid(), syscall.SIGUSR1)
            fmt.Println(<-caught)
            done := make(chan bool)
            go func() { for x := 0; ; x++ { } }()
            go func() { time.Sleep(50 * time.Millisecond); done <- true }()
            fmt.Println(<-done)
            var none *int
            defer func() { fmt.Println(recover()); os.Exit(5) }()
            *none = 1
        }
        END
        export GOCACHE=$PWD/cache GO111MODULE=off GOFLAGS=-p=2; go run g.go; echo $?; go vet g.go; echo $?
        """;

    private const string Rust = """
        cat > r.rs <<'END'
        use std::sync::{atomic::*, mpsc, Arc, Condvar, Mutex};
        use std::{panic, process, thread};
        fn main() {
            let count = Arc::new(AtomicU64::new(0));
            let arrived = Arc::new((Mutex::new(0u64), Condvar::new()));
            let (sender, receiver) = mpsc::channel();
            let threads: Vec<_> = (0..200u64).map(|i| {
                let (count, arrived, sender) = (count.clone(), arrived.clone(), sender.clone());
                thread::spawn(move || {
                    for k in 0..5000 { count.fetch_add(k % (i + 1), Ordering::Relaxed); }
                    *arrived.0.lock().unwrap() += 1;
                    arrived.1.notify_all();
                    sender.send(i).unwrap();
                })
            }).collect();
            let mut here = arrived.0.lock().unwrap();
            while *here < 200 { here = arrived.1.wait(here).unwrap(); }
            drop(here);
            for one in threads { one.join().unwrap(); }
            drop(sender);
            println!("{} {}", count.load(Ordering::SeqCst), receiver.iter().sum::<u64>());
            panic::set_hook(Box::new(|_| { println!("hook"); }));
            println!("{}", panic::catch_unwind(|| { panic!("x") }).is_err());
            println!("{:?}", process::Command::new("echo").arg("child").output().unwrap());
            process::exit(7);
        }
        END
        rustc -O r.rs 2>&1 && ./r; echo $?
        """;

    public static IEnumerable<Workload> All { get; } =
    [
        new("java-threads", Java, 120), new("go-threads", Go, 180), new("rust-threads", Rust, 120),
    ];
}
