// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;
using Moat.Vfs.Namespaces;

namespace Moat.Kernel.Namespaces;

/// <summary>What may be written to /proc/PID/uid_map and its kin (user_namespaces(7)).</summary>
public static class IdMapRules
{
    private const int PageSize = 4096;
    private static readonly RankedLock s_writers = new(LockRank.Leaf);

    /// <summary>Sets a map, once.</summary>
    /// <param name="kind">Which of the three.</param>
    /// <param name="space">Whose.</param>
    /// <param name="who">The writer's present credentials.</param>
    /// <param name="opener">Those that the file was opened with.</param>
    /// <param name="text">Lines of first id inside, first id outside, count.</param>
    public static Errno Write(IdMapKind kind, UserNamespace space, Credentials who, Credentials opener,
        ReadOnlySpan<byte> text)
    {
        if (space.IsInitial || (opener.Space != space && opener.Space != space.Owner))
        {
            return Errno.EPERM;
        }

        if (text.Length >= PageSize)
        {
            return Errno.EINVAL;
        }

        using (s_writers.Enter())
        {
            if (Of(kind, space).Extents.Length != 0
                || (kind != IdMapKind.Project && !opener.Has(Capability.SysAdmin, space)))
            {
                return Errno.EPERM;
            }

            if (!TryParse(text, out List<IdExtent> lines))
            {
                return Errno.EINVAL;
            }

            if (!IsPermitted(kind, space, who, opener, lines))
            {
                return Errno.EPERM;
            }

            IdMap above = Of(kind, space.Owner);
            var extents = new IdExtent[lines.Count];
            for (int i = 0; i < extents.Length; i++)
            {
                if (!above.TryMapRange(lines[i].Kernel, lines[i].Count, out uint kernel))
                {
                    return Errno.EPERM;
                }

                extents[i] = lines[i] with { Kernel = kernel };
            }

            Set(kind, space, new IdMap(extents));
            return Errno.Success;
        }
    }

    /// <summary>Writes "allow" or "deny" to /proc/PID/setgroups.</summary>
    public static Errno WriteSetgroups(UserNamespace space, ReadOnlySpan<byte> text)
    {
        if (text.Length >= 8)
        {
            return Errno.EINVAL;
        }

        bool allow = text.StartsWith("allow"u8);
        bool deny = text.StartsWith("deny"u8);
        string rest = Encoding.Latin1.GetString(text[(allow ? 5 : deny ? 4 : 0)..]);
        if ((!allow && !deny) || rest.Trim().Length != 0)
        {
            return Errno.EINVAL;
        }

        using (s_writers.Enter())
        {
            if (allow ? space.DeniesSetgroups : space.Gids.Extents.Length != 0)
            {
                return Errno.EPERM;
            }

            space.DeniesSetgroups = deny;
            return Errno.Success;
        }
    }

    /// <summary>One of a namespace's maps.</summary>
    public static IdMap Of(IdMapKind kind, UserNamespace space) => kind switch
    {
        IdMapKind.User => space.Uids,
        IdMapKind.Group => space.Gids,
        _ => space.Projects,
    };

    private static void Set(IdMapKind kind, UserNamespace space, IdMap map)
    {
        switch (kind)
        {
            case IdMapKind.User:
                space.Uids = map;
                break;
            case IdMapKind.Group:
                space.Gids = map;
                break;
            default:
                space.Projects = map;
                break;
        }
    }

    // kernel/user_namespace.c, new_idmap_permitted; above: ids of the parent namespace.
    private static bool IsPermitted(IdMapKind kind, UserNamespace space, Credentials who, Credentials opener,
        List<IdExtent> lines)
    {
        UserNamespace parent = space.Owner;
        if (kind == IdMapKind.User && lines.Exists(static line => line.Kernel == 0))
        {
            bool may = opener.Space == space
                ? space.ParentCouldSetfcap : opener.Has(Capability.Setfcap, parent);
            if (!may)
            {
                return false;
            }
        }

        if (lines.Count == 1 && lines[0].Count == 1 && space.OwnerUid == opener.EffectiveUid)
        {
            if (kind == IdMapKind.User && parent.Uids.ToKernel(lines[0].Kernel) == opener.EffectiveUid)
            {
                return true;
            }

            if (kind == IdMapKind.Group && space.DeniesSetgroups
                && parent.Gids.ToKernel(lines[0].Kernel) == opener.EffectiveGid)
            {
                return true;
            }
        }

        Capability needed = kind == IdMapKind.User ? Capability.Setuid : Capability.Setgid;
        return kind == IdMapKind.Project || (who.Has(needed, parent) && opener.Has(needed, parent));
    }

    private static bool TryParse(ReadOnlySpan<byte> text, out List<IdExtent> lines)
    {
        lines = [];
        foreach (string line in Encoding.Latin1.GetString(text).Split('\n'))
        {
            string[] words = line.Split([' ', '\t', '\r', '\v', '\f'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 && line.Length == 0)
            {
                continue;
            }

            if (words.Length != 3 || !uint.TryParse(words[0], out uint first)
                || !uint.TryParse(words[1], out uint lower) || !uint.TryParse(words[2], out uint count)
                || !IsRange(first, count) || !IsRange(lower, count) || lines.Count == IdMap.MaximumExtents)
            {
                return false;
            }

            foreach (IdExtent other in lines)
            {
                if (Overlap(first, other.First, count, other.Count)
                    || Overlap(lower, other.Kernel, count, other.Count))
                {
                    return false;
                }
            }

            lines.Add(new IdExtent(first, lower, count));
        }

        return lines.Count > 0;
    }

    private static bool IsRange(uint first, uint count) =>
        first != uint.MaxValue && count > 0 && count <= uint.MaxValue - first;

    private static bool Overlap(uint a, uint b, uint countA, uint countB) =>
        a < (ulong)b + countB && b < (ulong)a + countA;
}
