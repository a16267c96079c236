// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi;

/// <summary>Device numbers in the encoding of st_dev and st_rdev (makedev(3)).</summary>
public static class DeviceNumber
{
    /// <summary>Packs a pair.</summary>
    public static ulong Make(uint major, uint minor) =>
        ((ulong)(major & 0xfffff000) << 32) | ((ulong)(major & 0xfff) << 8)
        | ((ulong)(minor & 0xffffff00) << 12) | (minor & 0xff);

    public static uint Major(ulong device) =>
        (uint)((device >> 32) & 0xfffff000) | (uint)((device >> 8) & 0xfff);

    public static uint Minor(ulong device) => (uint)((device >> 12) & 0xffffff00) | (uint)(device & 0xff);
}
