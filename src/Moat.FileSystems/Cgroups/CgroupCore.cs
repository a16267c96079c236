// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Cgroups;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Cgroups;

/// <summary>The files cgroup.* but for those that move processes.</summary>
internal static class CgroupCore
{
    private static readonly (CgroupControllers Controller, string Name)[] s_names =
    [
        (CgroupControllers.Cpu, "cpu"), (CgroupControllers.Memory, "memory"),
        (CgroupControllers.Pids, "pids"),
    ];

    internal static Errno ReadControllers(CgroupContext context, ContentWriter writer) =>
        Write(writer, context.Group.Controllers);

    internal static Errno ReadForChildren(CgroupContext context, ContentWriter writer) =>
        Write(writer, context.Group.ForChildren);

    /// <summary>"+cpu -memory": the last word about a controller counts.</summary>
    internal static Errno WriteForChildren(CgroupContext context, string text)
    {
        CgroupControllers enable = CgroupControllers.None;
        CgroupControllers disable = CgroupControllers.None;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            CgroupControllers named = CgroupControllers.None;
            foreach ((CgroupControllers controller, string name) in s_names)
            {
                named = word.AsSpan(1).SequenceEqual(name) ? controller : named;
            }

            if (named == CgroupControllers.None || word[0] is not ('+' or '-'))
            {
                return Errno.EINVAL;
            }

            enable = word[0] == '+' ? enable | named : enable & ~named;
            disable = word[0] == '-' ? disable | named : disable & ~named;
        }

        return context.Groups.Enable(context.Group, enable, disable);
    }

    internal static Errno ReadEvents(CgroupContext context, ContentWriter writer)
    {
        bool populated;
        bool frozen;
        using (context.Groups.Lock.Enter())
        {
            populated = context.Group.IsPopulatedLocked;
            frozen = CgroupFreezer.IsAtRestLocked(context.Group);
        }

        writer.Append($"populated {(populated ? 1 : 0)}\nfrozen {(frozen ? 1 : 0)}\n");
        return Errno.Success;
    }

    internal static Errno ReadFreeze(CgroupContext context, ContentWriter writer)
    {
        writer.Append(context.Group.IsFrozen ? "1\n" : "0\n");
        return Errno.Success;
    }

    internal static Errno WriteFreeze(CgroupContext context, string text)
    {
        Errno error = CgroupNumbers.ParseSwitch(text, out bool isFrozen);
        return error == Errno.Success ? context.Groups.Freeze(context.Group, isFrozen) : error;
    }

    internal static Errno WriteKill(CgroupContext context, string text)
    {
        Errno error = CgroupNumbers.ParseSwitch(text, out bool kills);
        return error != Errno.Success ? error : kills ? context.Groups.Kill(context.Group) : Errno.ERANGE;
    }

    internal static Errno ReadMaxDepth(CgroupContext context, ContentWriter writer) =>
        Write(writer, context.Group.MaxDepth);

    internal static Errno WriteMaxDepth(CgroupContext context, string text) =>
        SetBound(context, text, static (group, value) => group.MaxDepth = value);

    internal static Errno ReadMaxDescendants(CgroupContext context, ContentWriter writer) =>
        Write(writer, context.Group.MaxDescendants);

    internal static Errno WriteMaxDescendants(CgroupContext context, string text) =>
        SetBound(context, text, static (group, value) => group.MaxDescendants = value);

    internal static Errno ReadStatistics(CgroupContext context, ContentWriter writer)
    {
        using RankedLock.Scope scope = context.Groups.Lock.Enter();
        writer.Append($"nr_descendants {context.Group.Descendants}\n");
        writer.Append("nr_dying_descendants 0\n");
        return Errno.Success;
    }

    internal static Errno ReadType(CgroupContext context, ContentWriter writer)
    {
        using RankedLock.Scope scope = context.Groups.Lock.Enter();
        writer.Append(context.Group.TypeLocked).Append("\n");
        return Errno.Success;
    }

    /// <summary>Threaded groups are not built: as where nothing can become one.</summary>
    internal static Errno WriteType(CgroupContext context, string text) =>
        text == "threaded" ? Errno.EOPNOTSUPP : Errno.EINVAL;

    private static Errno SetBound(CgroupContext context, string text, Action<Cgroup, long> set)
    {
        bool isMax = text == "max";
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            && !isMax)
        {
            return Errno.EINVAL;
        }

        return !isMax && value is < 0 or >= int.MaxValue ? Errno.ERANGE
            : context.Groups.Change(context.Group, group => set(group, isMax ? Cgroup.Max : value));
    }

    private static Errno Write(ContentWriter writer, long bound)
    {
        writer.Append(CgroupNumbers.Show(bound)).Append("\n");
        return Errno.Success;
    }

    private static Errno Write(ContentWriter writer, CgroupControllers controllers)
    {
        string separator = "";
        foreach ((CgroupControllers controller, string name) in s_names)
        {
            if ((controllers & controller) != 0)
            {
                writer.Append(separator).Append(name);
                separator = " ";
            }
        }

        writer.Append(separator.Length > 0 ? "\n" : "");
        return Errno.Success;
    }
}
