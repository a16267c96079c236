// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs;

/// <summary>Sends signals of a file's behalf until the file is closed (O_ASYNC, F_NOTIFY).</summary>
public interface IFileNotice
{
    /// <summary>Sends no more. Called without locks, once.</summary>
    void End();
}
