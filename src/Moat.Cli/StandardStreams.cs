// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Host.Files;

namespace Moat.Cli;

/// <summary>
/// Makes sure that descriptors 0, 1 and 2 are open, so that no other file takes their numbers.
/// </summary>
internal static class StandardStreams
{
    /// <summary>Opens /dev/null in place of what the caller closed.</summary>
    internal static void Ensure()
    {
        for (int fd = 0; fd <= 2; fd++)
        {
            if (!HostFile.GetFlags(fd).IsOk)
            {
                _ = HostPath.Open(HostPath.CurrentDirectory, "/dev/null"u8, OpenFlags.ReadWrite);
            }
        }
    }
}
