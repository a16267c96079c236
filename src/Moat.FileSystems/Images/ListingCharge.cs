// SPDX-License-Identifier: Apache-2.0
using Moat.Base;

namespace Moat.FileSystems.Images;

/// <summary>What a large directory's listing takes of a budget, until nobody holds the listing.</summary>
internal sealed class ListingCharge(CollectedBudget budget, long bytes)
{
    ~ListingCharge() => budget.Give(bytes);
}
