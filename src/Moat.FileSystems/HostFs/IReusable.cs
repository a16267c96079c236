// SPDX-License-Identifier: Apache-2.0
namespace Moat.FileSystems.HostFs;

/// <summary>A descriptor of the host that stays open for reuse while it has a place in a cache.</summary>
internal interface IReusable
{
    /// <summary>Takes the mark of use away; true when there was one.</summary>
    bool TakeTouch();

    /// <summary>It has lost its place: gives the cache's reference back.</summary>
    void Evict();
}
