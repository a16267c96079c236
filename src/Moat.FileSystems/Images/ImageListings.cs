// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Images;

/// <summary>
/// Bounds what listings of an image's directories take: open directories hold them, and a few bytes of an
/// image can describe a directory of many megabytes.
/// </summary>
internal sealed class ImageListings
{
    private const int Small = 64 * 1024;
    private const long Most = 256 << 20;
    private readonly CollectedBudget _budget = new(Most);
    private readonly ConditionalWeakTable<DirectoryListing, ListingCharge> _charges = [];

    /// <summary>True when a listing is worth sharing among those who open the directory.</summary>
    internal static bool IsLarge(DirectoryListing listing) => listing.Bytes > Small;

    /// <summary>Charges a large listing; ENOMEM when there are too many.</summary>
    internal Errno Charge(DirectoryListing listing)
    {
        long bytes = listing.Bytes;
        _budget.MakeRoom(bytes);
        if (!_budget.TryTake(bytes))
        {
            return Errno.ENOMEM;
        }

        _charges.Add(listing, new ListingCharge(_budget, bytes));
        return Errno.Success;
    }
}
