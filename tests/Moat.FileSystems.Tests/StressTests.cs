// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Threading;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Xunit;

namespace Moat.FileSystems.Tests;

/// <summary>
/// Several threads at the same few names: no exception (lock order included), no hang, no wrong error.
/// </summary>
public sealed class StressTests
{
    private const int Rounds = 1500;
    private const int Threads = 4;

    public static TheoryData<string> Kinds => [.. World.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Names_under_contention(string kind)
    {
        using var world = new World(kind, directory =>
        {
            Directory.CreateDirectory(directory + "/d0/d1");
            File.WriteAllText(directory + "/f0", "lower");
            File.WriteAllText(directory + "/d0/f1", "lower");
        });
        Exception? failure = null;
        var threads = new Thread[Threads];
        for (int i = 0; i < Threads; i++)
        {
            int seed = i;
            threads[i] = new Thread(() =>
            {
                try
                {
                    Run(world, new Random(seed));
                }
                catch (Exception e)
                {
                    failure = e;
                }
            });
            threads[i].Start();
        }

        foreach (Thread thread in threads)
        {
            Assert.True(thread.Join(TimeSpan.FromSeconds(60)), "a thread hangs");
        }

        Assert.Null(failure);
        world.List("/");
    }

    private static void Run(World world, Random random)
    {
        for (int i = 0; i < Rounds; i++)
        {
            string name = Name(random);
            Errno error = random.Next(9) switch
            {
                0 => world.Write(name, "content"),
                1 => world.Unlink(name),
                2 => world.Mkdir(name),
                3 => world.Rmdir(name),
                4 => world.Rename(name, Name(random)),
                5 => world.Rename(name, Name(random), RenameFlags.Exchange),
                6 => world.Stat(name).Error,
                7 => world.OpenError(name, OpenFlags.ReadWrite | OpenFlags.Append),
                _ => world.Symlink("f0", name),
            };
            bool expected = error is Errno.Success or Errno.ENOENT or Errno.EEXIST or Errno.EISDIR
                or Errno.ENOTDIR
                or Errno.ENOTEMPTY or Errno.EINVAL or Errno.EXDEV or Errno.ELOOP or Errno.ESTALE;
            Assert.True(expected, $"{error} at {name}");
        }
    }

    private static string Name(Random random)
    {
        string leaf = random.Next(2) == 0 ? $"f{random.Next(3)}" : $"d{random.Next(3)}";
        return random.Next(3) switch { 0 => leaf, 1 => "d0/" + leaf, _ => "d0/d1/" + leaf };
    }
}
