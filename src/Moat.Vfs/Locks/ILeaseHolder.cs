// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs.Locks;

/// <summary>Tells who has a lease that somebody wants the file (lm_break).</summary>
public interface ILeaseHolder
{
    /// <summary>Sends the signal. Called without locks, by the breaker.</summary>
    void OnBreak();
}
