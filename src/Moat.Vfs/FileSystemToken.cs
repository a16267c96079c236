// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using Moat.Base;

namespace Moat.Vfs;

/// <summary>
/// A place among the file systems that guests have made: they hold memory whether they are mounted or not,
/// and nobody says when the last one who can see them is gone.
/// </summary>
internal sealed class FileSystemToken
{
    private static readonly CollectedBudget s_budget = new(2048);

    private FileSystemToken()
    {
    }

    /// <summary>Gives the place back.</summary>
    ~FileSystemToken() => s_budget.Give(1);

    /// <summary>Takes a place; false when there are too many file systems.</summary>
    internal static bool TryTake([NotNullWhen(true)] out FileSystemToken? token)
    {
        s_budget.MakeRoom(1);
        token = s_budget.TryTake(1) ? new FileSystemToken() : null;
        return token is not null;
    }
}
