// SPDX-License-Identifier: Apache-2.0
using Moat.Testing;
using Xunit;

namespace Moat.Cli.Tests;

/// <summary>
/// Quotas of a tmpfs, end to end. Apart from the guest tests, since few hosts have CONFIG_TMPFS_QUOTA to
/// compare with; what is expected here is what Linux's documentation says.
/// </summary>
public sealed class QuotaTests
{
    private const string Script = """
        import ctypes, errno, os, struct
        libc = ctypes.CDLL(None, use_errno=True)
        def call(command, kind, id, data):
            fd = os.open('/mnt', os.O_RDONLY)
            result = libc.syscall(443, fd, ctypes.c_uint(command << 8 | kind), ctypes.c_uint(id), data)
            os.close(fd)
            return 'ok' if result == 0 else errno.errorcode[ctypes.get_errno()]
        GETFMT, GETINFO, SETINFO, GET, SET, NEXT, ON, OFF = (
            0x800004, 0x800005, 0x800006, 0x800007, 0x800008, 0x800009, 0x800002, 0x800003)
        def show(command, kind, id):
            data = ctypes.create_string_buffer(72)
            result = call(command, kind, id, data)
            print(result, *([struct.unpack('8Q2I', data.raw)] if result == 'ok' else []))
        def attempt(what):
            try: print('ok', what())
            except OSError as e: print(errno.errorcode[e.errno])
        options = b'usrquota,usrquota_block_hardlimit=64k,usrquota_inode_hardlimit=3'
        print(libc.mount(b'q', b'/mnt', b'tmpfs', 0, options))
        print([line.split()[3] for line in open('/proc/mounts') if line.startswith('q /mnt')])
        os.chmod('/mnt', 0o777)
        data = ctypes.create_string_buffer(4)
        print(call(GETFMT, 0, 0, data), struct.unpack('I', data.raw))
        data = ctypes.create_string_buffer(24)
        print(call(GETINFO, 0, 0, data), struct.unpack('2Q2I', data.raw))
        print(call(GETFMT, 1, 0, data), call(GETFMT, 2, 0, data), call(GETFMT, 3, 0, data))
        show(GET, 0, 0)
        os.setegid(1000); os.seteuid(1000)
        def write(name, size):
            with open(name, 'wb', 0) as f: return f.write(b'x' * size)
        attempt(lambda: write('/mnt/a', 40000))
        attempt(lambda: write('/mnt/b', 40000))
        attempt(lambda: write('/mnt/c', 1))
        attempt(lambda: os.mkdir('/mnt/d'))
        show(GET, 0, 1000)
        show(GET, 0, 0)
        show(NEXT, 0, 0)
        os.seteuid(0); os.setegid(0)
        show(NEXT, 0, 1)
        attempt(lambda: os.chown('/mnt/a', 5, 5))
        show(GET, 0, 1000)
        show(GET, 0, 5)
        show(NEXT, 0, 1001)
        limits = struct.pack('8Q2I', 8, 0, 0, 1, 0, 0, 0, 0, 5, 0)
        print(call(SET, 0, 1000, limits))
        os.seteuid(1000)
        attempt(lambda: os.unlink('/mnt/b'))
        attempt(lambda: write('/mnt/c', 9000))
        os.seteuid(0)
        print(call(OFF, 0, 0, None), call(ON, 0, 0, None), call(ON, 0, 0, None), call(SET, 0, 1000, None))
        print(libc.mount(b'q', b'/mnt', b'tmpfs', 32, b'usrquota_block_hardlimit=1m'))
        print(libc.mount(b'q', b'/mnt', b'tmpfs', 32, b'size=1m,usrquota'))
        """;

    private const string Expected = """
        0
        ['rw,relatime,usrquota,usrquota_block_hardlimit=65536,usrquota_inode_hardlimit=3']
        ok (5,)
        ok (604800, 604800, 65536, 7)
        EINVAL EINVAL EINVAL
        ok (0, 0, 0, 0, 0, 1, 0, 0, 63, 0)
        ok 40000
        ok 24576
        EDQUOT
        EDQUOT
        ok (64, 0, 65536, 3, 0, 3, 0, 0, 63, 0)
        EPERM
        EPERM
        ok (64, 0, 65536, 3, 0, 3, 0, 0, 63, 1000)
        ok None
        ok (64, 0, 24576, 3, 0, 2, 0, 0, 63, 0)
        ok (64, 0, 40960, 3, 0, 1, 0, 0, 63, 0)
        ENOENT
        ok
        ok None
        ok 8192
        ok ok EEXIST EFAULT
        -1
        0

        """;

    [Fact]
    public void QuotasOfATmpfsActAsDocumented()
    {
        CommandResult result = new Command(
            Identity.Root, [TestArea.Moat(), "do", "--", "python3", "-c", Script]).Run();
        Assert.Equal(Expected, result.Output + result.Error);
    }
}
