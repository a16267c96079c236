// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Abi;
using Moat.FileSystems.Events;
using Moat.Vfs;
using Xunit;

namespace Moat.Fd.Tests;

/// <summary>Descriptor tables: lowest numbers, duplication, close-on-exec, sharing.</summary>
public sealed class FdTableTests
{
    private readonly FakeCaller _caller = new();

    [Fact]
    public void The_lowest_free_descriptor_is_given_out()
    {
        FdTable files = _caller.Files;
        for (int i = 0; i < 200; i++)
        {
            Assert.Equal(i, files.Install(NewFile(), false).Value);
        }

        files.Close(_caller, 3);
        files.Close(_caller, 100);
        Assert.Equal(100, files.Install(NewFile(), false, minimum: 50).Value);
        Assert.Equal(3, files.Install(NewFile(), false).Value);
        Assert.Equal(200, files.Install(NewFile(), false).Value);
        Assert.Equal(201, files.OpenCount);
    }

    [Fact]
    public void The_limit_gives_EMFILE_and_EBADF()
    {
        FdTable files = _caller.Files;
        files.Limit = 2;
        Assert.True(files.Install(NewFile(), false).IsOk);
        Assert.True(files.Install(NewFile(), false).IsOk);
        Assert.Equal(Errno.EMFILE, files.Install(NewFile(), false).Error);
        Assert.Equal(Errno.EBADF, files.Replace(_caller, 2, NewFile(), false).Error);
        Assert.Equal(1, files.Replace(_caller, 1, NewFile(), false).Value);
    }

    [Fact]
    public void A_reserved_descriptor_is_not_open_and_cannot_be_replaced()
    {
        FdTable files = _caller.Files;
        int fd = files.Reserve(true).Value;
        Assert.Null(files.Borrow(fd).File);
        Assert.Equal(Errno.EBUSY, files.Replace(_caller, fd, NewFile(), false).Error);
        Assert.Equal(Errno.EBADF, files.Close(_caller, fd));
        files.CancelReservation(fd);
        Assert.Equal(fd, files.Reserve(false).Value);
    }

    [Fact]
    public void Close_on_exec_closes_just_the_marked()
    {
        FdTable files = _caller.Files;
        files.Install(NewFile(), false);
        files.Install(NewFile(), true);
        FdTable copy = files.Clone();
        files.CloseMarked(_caller);
        Assert.Null(files.Borrow(1).File);
        Assert.True(copy.GetCloseOnExec(1).Value);
        copy.RemoveUser(_caller);
        using FileReference left = files.Borrow(0);
        Assert.NotNull(left.File);
    }

    [Fact]
    public void A_borrowed_file_lives_until_it_is_given_back()
    {
        FdTable files = _caller.Files;
        OpenFile file = NewFile();
        int fd = files.Install(file, false).Value;
        FileReference borrowed = files.Borrow(fd);
        files.Close(_caller, fd);
        Assert.True(file.TryAddReference());
        file.Release();
        borrowed.Dispose();
        Assert.False(file.TryAddReference());
    }

    [Fact]
    public void Lookups_race_with_close_and_open()
    {
        FdTable files = _caller.Files;
        bool stop = false;
        int seen = 0;
        var reader = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                using FileReference reference = files.Borrow(0);
                if (reference.File is { } file)
                {
                    seen++;
                    Assert.True(file.TryAddReference());
                    file.Release();
                }
            }
        });
        reader.Start();
        for (int i = 0; i < 50_000; i++)
        {
            int fd = files.Install(NewFile(), false).Value;
            Assert.Equal(0, fd);
            files.Close(_caller, fd);
        }

        Volatile.Write(ref stop, true);
        reader.Join();
        Assert.True(seen >= 0);
    }

    private EventFile NewFile() => new(_caller, 0, false, false);
}
