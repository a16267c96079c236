// SPDX-License-Identifier: Apache-2.0
namespace Moat.Memory;

/// <summary>Bounds of guest addresses and helpers for whole pages.</summary>
public static class AddressSpaceLimits
{
    public const ulong PageSize = 4096;

    /// <summary>vm.mmap_min_addr: nothing is mapped below.</summary>
    public const ulong MinAddress = 0x10000;

    /// <summary>End of guest addresses, exclusive; the platform's own code and areas lie above.</summary>
    public const ulong Top = 0x7fff_8000_0000;

    /// <summary>The platform's table of trampolines, a hole in the guest's address space.</summary>
    public const ulong HoleStart = 0x6_0000;

    /// <summary>First address behind the hole.</summary>
    public const ulong HoleEnd = 0x7_0000;

    /// <summary>vm.max_map_count as Linux sets it.</summary>
    public const int DefaultMaxMapCount = 65530;

    /// <summary>Distance that Linux keeps below a stack (stack_guard_gap).</summary>
    public const ulong StackGuardGap = 256 * PageSize;

    /// <summary>RLIM_INFINITY.</summary>
    public const ulong Unlimited = ulong.MaxValue;

    /// <summary>The start of the page of an address.</summary>
    public static ulong PageDown(ulong address) => address & ~(PageSize - 1);

    /// <summary>Rounds up to whole pages; 0 on overflow, as Linux's PAGE_ALIGN.</summary>
    public static ulong PageUp(ulong value) => unchecked(value + PageSize - 1) & ~(PageSize - 1);

    public static bool IsPageAligned(ulong value) => (value & (PageSize - 1)) == 0;

    /// <summary>True when part of the range lies in the hole.</summary>
    public static bool TouchesHole(ulong start, ulong length) => start < HoleEnd && length > 0
        && (start >= HoleStart || length > HoleStart - start);

    /// <summary>True when the whole range lies below <see cref="Top"/>.</summary>
    public static bool IsUserRange(ulong start, ulong length) => length <= Top && start <= Top - length;
}
