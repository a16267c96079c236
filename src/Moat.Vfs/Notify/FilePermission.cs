// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Events;

namespace Moat.Vfs.Notify;

/// <summary>
/// Asks fanotify's groups before files are opened and read; where none has marks it costs one test.
/// </summary>
/// <remarks>
/// Called without locks: a task waits here until every group that is asked has answered, or it is to end.
/// </remarks>
public static class FilePermission
{
    /// <summary>May it be opened: EPERM, or what else a group has said.</summary>
    public static Errno ToOpen(Caller caller, Location place, bool executes = false)
    {
        if (!Concerns(place))
        {
            return Errno.Success;
        }

        Errno error = executes ? Ask(caller, place, FanotifyMask.OpenExecutePermission) : Errno.Success;
        return error == Errno.Success ? Ask(caller, place, FanotifyMask.OpenPermission) : error;
    }

    /// <summary>True for what some group may want to be asked about.</summary>
    public static bool Concerns(Location place) => place.Dentry.FileSystem.HasContentMarks
        && place.Inode.Type is (FileType.Regular or FileType.Directory);

    /// <summary>May it be read or listed.</summary>
    public static Errno ToRead(Caller caller, OpenFile file) =>
        file.AsksToRead && file.Location is { } place
            ? Ask(caller, place, FanotifyMask.AccessPermission) : Errno.Success;

    private static Errno Ask(Caller caller, Location place, FanotifyMask mask)
    {
        if (caller.Deferred is { } call)
        {
            return AskLater(caller, call, place, mask);
        }

        if (!caller.MayWait || FanotifyInquiry.Begin(caller, place, mask) is not { } inquiry)
        {
            return Errno.Success;
        }

        Errno error = caller.AwaitAnswer(inquiry);
        inquiry.GiveUp();
        return error;
    }

    private static Errno AskLater(Caller caller, IDeferredCall call, Location place, FanotifyMask mask)
    {
        if (call.Inquiry is not { } inquiry || !inquiry.IsAbout(place, mask))
        {
            call.Inquiry?.GiveUp();
            call.Inquiry = null;
            if (FanotifyInquiry.Begin(caller, place, mask) is not { } begun)
            {
                return Errno.Success;
            }

            if (!begun.TryCount())
            {
                return Errno.ENOMEM;
            }

            call.Inquiry = begun;
            inquiry = begun;
        }

        Errno error = inquiry.Advance();
        if (inquiry.IsAsking)
        {
            call.Await(inquiry.WaitQueue, long.MaxValue);
        }

        return error;
    }
}
