// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Abi.Utsname;
using Moat.Vfs.Namespaces;

namespace Moat.Kernel.Uts;

/// <summary>Host name and NIS domain name (uts_namespaces(7)), shared until CLONE_NEWUTS.</summary>
/// <remarks>Invariants: names are immutable arrays of at most 64 bytes, replaced as a whole.</remarks>
public sealed class UtsNamespace : GuestNamespace
{
    /// <summary>__NEW_UTS_LEN.</summary>
    public const int MaximumLength = 64;

    private byte[] _hostName;
    private byte[] _domainName;

    /// <summary>The initial namespace, with the given names, cut to 64 bytes.</summary>
    public UtsNamespace(ReadOnlySpan<byte> hostName, ReadOnlySpan<byte> domainName)
        : this(hostName, domainName, UserNamespace.Initial, 4026531838)
    {
    }

    private UtsNamespace(
        ReadOnlySpan<byte> hostName, ReadOnlySpan<byte> domainName, UserNamespace owner, uint number)
        : base(NamespaceKind.Uts, owner, number)
    {
        _hostName = Cut(hostName);
        _domainName = Cut(domainName);
    }

    public ReadOnlySpan<byte> HostName => Volatile.Read(ref _hostName);

    public ReadOnlySpan<byte> DomainName => Volatile.Read(ref _domainName);

    /// <summary>sethostname(2).</summary>
    public void SetHostName(ReadOnlySpan<byte> name) => Volatile.Write(ref _hostName, Cut(name));

    /// <summary>setdomainname(2).</summary>
    public void SetDomainName(ReadOnlySpan<byte> name) => Volatile.Write(ref _domainName, Cut(name));

    /// <summary>A copy, for CLONE_NEWUTS.</summary>
    public UtsNamespace Clone(UserNamespace owner) => new(HostName, DomainName, owner, 0);

    /// <summary>uname(2).</summary>
    public UtsName ToUtsName()
    {
        UtsName name = default;
        Fill(ref name.SystemName, KernelVersion.SystemName);
        Fill(ref name.NodeName, HostName);
        Fill(ref name.Release, KernelVersion.Release);
        Fill(ref name.Version, KernelVersion.Version);
        Fill(ref name.Machine, KernelVersion.Machine);
        Fill(ref name.DomainName, DomainName);
        return name;
    }

    private static void Fill(ref UtsField field, ReadOnlySpan<byte> text) => text.CopyTo(field);

    // sethostname keeps what follows an embedded NUL; readers stop there.
    private static byte[] Cut(ReadOnlySpan<byte> name) =>
        name[..Math.Min(name.Length, MaximumLength)].ToArray();
}
