// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using Moat.FileSystems.Images;
using Xunit;

namespace Moat.FileSystems.Tests;

/// <summary>Tars that are compressed with zstd.</summary>
public sealed class ZstdTests
{
    [Theory]
    [InlineData("-1")]
    [InlineData("-3 --no-check")]
    [InlineData("-9")]
    [InlineData("-19")]
    [InlineData("--ultra -22 --long=27")]
    [InlineData("--fast=5")]
    public void Inflates_what_zstd_makes(string level)
    {
        // In two frames, with one between them that means nothing.
        ImageFiles.CheckSample($"""
            tar -C tree --format=posix --xattrs -cf tar .
            (head -c 1000000 tar | zstd -q -c {level}
            printf '\120\052\115\030\003\000\000\000abc'; tail -c +1000001 tar | zstd -q -c -5) >image
            """);
    }

    [Fact]
    public void Broken_data_breaks_nothing_else()
    {
        byte[] image;
        using (var world = new World("host", directory => ImageFiles.Run(directory, """
            mkdir tree; seq 1 3000 >tree/numbers; head -c 3000 /dev/urandom >tree/random
            head -c 9000 /dev/zero >tree/zeros; cat /bin/sh | head -c 60000 >tree/program
            tar -C tree -cf tar .; zstd -q -c -19 --no-check tar >image
            """)))
        {
            image = File.ReadAllBytes(world.HostDirectory + "/image");
        }

        int refused = 0;
        for (int seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            byte[] broken = (byte[])image.Clone();
            for (int i = random.Next(4); i >= 0; i--)
            {
                // Half of it where headers and tables are.
                int at = random.Next(2) == 0 ? random.Next(200) : random.Next(broken.Length);
                broken[at] = (byte)random.Next(256);
            }

            refused += IsRefused(broken) ? 1 : 0;
        }

        Assert.InRange(refused, 1000, 3000);
    }

    private static bool IsRefused(byte[] image)
    {
        ImageOpening opened = ImageFiles.OpenBytes(image, new ImageOptions { InflatedBytes = 1 << 20 });
        Assert.NotEqual(opened.FileSystem is null, opened.Problem is null);
        opened.FileSystem?.Close();
        return opened.FileSystem is null;
    }
}
