// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Abi.Events;
using Moat.Base;

namespace Moat.Vfs.Notify;

/// <summary>struct fanotify_response, with what a group of its class may say.</summary>
/// <param name="Fd">The descriptor of the event; -1 for a mere test of what may be said.</param>
/// <param name="Outcome">How the open or read goes on.</param>
internal readonly record struct FanotifyResponse(int Fd, Errno Outcome)
{
    // Bytes of it without a record.
    private const int Size = 8;

    // Bytes of struct fanotify_response_info_audit_rule.
    private const int RuleSize = 16;

    private const int ErrorShift = 24;
    private const uint AnswerMask = (1u << ErrorShift) - 1;
    private const byte AuditRule = 1;

    /// <summary>Reads what was written to a group made with these flags: EINVAL.</summary>
    internal static Result<FanotifyResponse> Parse(ReadOnlySpan<byte> written, FanotifyFlags group)
    {
        // The writer may change what it writes meanwhile.
        Span<byte> bytes = stackalloc byte[Size + RuleSize + 1];
        bytes = bytes[..Math.Min(bytes.Length, written.Length)];
        written[..bytes.Length].CopyTo(bytes);

        const FanotifyAnswer Known =
            FanotifyAnswer.Allow | FanotifyAnswer.Deny | FanotifyAnswer.Audit | FanotifyAnswer.Info;
        if (bytes.Length < Size)
        {
            return Errno.EINVAL;
        }

        int fd = MemoryMarshal.Read<int>(bytes);
        uint word = MemoryMarshal.Read<uint>(bytes[4..]);
        var answer = (FanotifyAnswer)(word & AnswerMask);
        var error = (Errno)(int)(word >> ErrorShift);
        bool isPreContent = (group & FanotifyFlags.ClassPreContent) != 0;
        bool isDecided = (answer & (FanotifyAnswer.Allow | FanotifyAnswer.Deny)) switch
        {
            FanotifyAnswer.Allow => error == Errno.Success,
            FanotifyAnswer.Deny => error == Errno.Success || (isPreContent && MayBeSaid(error)),
            _ => false,
        };
        if ((answer & ~Known) != 0 || !isDecided
            || ((answer & FanotifyAnswer.Audit) != 0 && (group & FanotifyFlags.EnableAudit) == 0))
        {
            return Errno.EINVAL;
        }

        bool hasInfo = (answer & FanotifyAnswer.Info) != 0;
        if ((hasInfo && !IsRule(bytes[Size..])) || (fd < 0 && !(hasInfo && fd == -1)))
        {
            return Errno.EINVAL;
        }

        return new FanotifyResponse(fd, (answer & FanotifyAnswer.Allow) != 0 ? Errno.Success
            : error == Errno.Success ? Errno.EPERM : error);
    }

    // Type, padding, length; the rule itself is for the audit, which nobody keeps.
    private static bool IsRule(ReadOnlySpan<byte> info) =>
        info.Length == RuleSize && info[0] == AuditRule && info[1] == 0
        && MemoryMarshal.Read<ushort>(info[2..]) == RuleSize;

    private static bool MayBeSaid(Errno error) => error is Errno.EPERM or Errno.EIO or Errno.EBUSY
        or Errno.ETXTBSY or Errno.EAGAIN or Errno.ENOSPC or Errno.EDQUOT;
}
