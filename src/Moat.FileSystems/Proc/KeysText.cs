// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel;
using Moat.Kernel.Keys;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Generated;
using Moat.Vfs.Namespaces;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/keys and /proc/key-users (keyrings(7)).</summary>
internal static class KeysText
{
    private const long Minute = 60;
    private const long Hour = 60 * Minute;
    private const long Day = 24 * Hour;
    private const long Week = 7 * Day;

    /// <summary>The keys that a task may view.</summary>
    internal static void Keys(Task viewer, ContentWriter writer)
    {
        long now = KeyTable.Now;
        KeyListing.VisitViewable(viewer, key =>
        {
            char revoked = key.IsRevoked ? 'R' : '-';
            char negative = key.Rejection != 0 ? 'N' : '-';
            char invalid = key.IsInvalidated ? 'i' : '-';
            writer.Append($"{key.Serial:x8} I{revoked}-Q-{negative}{invalid} {key.References,5} ");
            writer.Append($"{Remaining(key, now).PadLeft(4)} {key.Rights:x8} {viewer.ShowUid(key.Uid),5} ");
            string type = KeyTypes.NameOf(key.Type).PadRight(9);
            writer.Append($"{KeyOperations.ShowGroup(viewer, key),5} {type} ");
            writer.Append(key.Name.Text);
            if (key.Rejection == 0)
            {
                writer.Append(key.Ring is { Count: 0 } ? ": empty" : $": {key.Ring?.Count ?? key.Size}");
            }

            writer.Append("\n");
        });
    }

    /// <summary>How much of their quotas the users have used whom a task can name.</summary>
    internal static void Users(LinuxKernel kernel, Caller viewer, ContentWriter writer)
    {
        KeyLimits limits = kernel.Keys.Limits;
        foreach (KeyUser user in KeyListing.Users(kernel.Keys))
        {
            if (viewer.Credentials.Space.IsInitial
                || viewer.Credentials.Space.Uids.FromKernel(user.Uid) != IdMap.Invalid)
            {
                writer.Append($"{viewer.ShowUid(user.Uid),5}: {user.Keys,5} {user.Keys}/{user.Keys} ");
                writer.Append($"{user.Keys}/{limits.KeysOf(user.Uid)} ");
                writer.Append($"{user.Bytes}/{limits.BytesOf(user.Uid)}\n");
            }
        }
    }

    private static string Remaining(Key key, long now)
    {
        long left = key.ExpiresAt == long.MaxValue ? -1 : key.ExpiresAt - now;
        return key.ExpiresAt == long.MaxValue ? "perm" : left <= 0 ? "expd"
            : left < Minute ? $"{left}s" : left < Hour ? $"{left / Minute}m" : left < Day ? $"{left / Hour}h"
            : left < Week ? $"{left / Day}d" : $"{left / Week}w";
    }
}
