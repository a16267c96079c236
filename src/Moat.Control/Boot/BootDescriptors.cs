// SPDX-License-Identifier: Apache-2.0
namespace Moat.Control.Boot;

/// <summary>The descriptors that a kernel process is born with; everything else is closed.</summary>
public static class BootDescriptors
{
    /// <summary>0, 1 and 2 are the first guest process's standard streams.</summary>
    public const int Stdin = 0;

    /// <summary>Reports to the launcher, orders from it.</summary>
    public const int Control = 3;

    /// <summary>The <see cref="BootRequest"/>.</summary>
    public const int Request = 4;

    /// <summary>First of those that the request names.</summary>
    public const int FirstOther = 5;
}
