// SPDX-License-Identifier: Apache-2.0
namespace Moat.Platform;

/// <summary>
/// Where things lie in every stub's address space, and inside a thread area. Shared by C# and machine code.
/// </summary>
public static class StubLayout
{
    /// <summary>Guest mappings end here; all above belongs to the platform.</summary>
    public const ulong GuestTop = 0x7fff_8000_0000;

    /// <summary>The stub's code and read-only data.</summary>
    internal const ulong CodeBase = GuestTop;

    /// <summary>Thread areas, one per slot.</summary>
    internal const ulong AreaBase = 0x7fff_9000_0000;

    /// <summary>Size and alignment of an area: machine code finds its area by masking rsp.</summary>
    internal const int AreaSize = 0x10000;

    /// <summary>Most threads of one stub.</summary>
    internal const int MaxThreads = 4096;
    internal const ulong AreaEnd = AreaBase + ((ulong)MaxThreads * AreaSize);

    /// <summary>End of the host's user address space (47 bits less a page).</summary>
    internal const ulong HostTop = 0x7fff_ffff_f000;

    /// <summary>The host signal that takes a thread out of guest code.</summary>
    internal const int InterruptSignal = 63;

    // Thread area. Words that both sides poll have cache lines of their own.
    internal const int State = 0x40;
    internal const int KernelSleeps = 0x80;
    internal const int StubSleeps = 0xc0;
    internal const int KernelCpu = 0x100;
    internal const int SpinCount = 0x104;
    internal const int StubCpu = 0x140;
    internal const int EventSignal = 0x180;
    internal const int EventInfo = 0x188;
    internal const int EventContext = 0x190;
    internal const int EventFsBase = 0x198;
    internal const int EventGsBase = 0x1a0;
    internal const int Listener = 0x1a8;
    internal const int Vdso = 0x1b0;
    internal const int ReplyFlags = 0x200;
    internal const int ReplyOrders = 0x204;
    internal const int ReplyContext = 0x208;
    internal const int ReplyFsBase = 0x210;
    internal const int ReplyGsBase = 0x218;
    internal const int Scratch = 0x240;
    internal const int Orders = 0x1000;
    internal const int OrderSize = 64;
    internal const int OrderResult = 56;
    internal const int MaxOrders = 32;

    /// <summary>The alternate signal stack fills the area's upper half.</summary>
    internal const int Stack = 0x8000;
    internal const int StackSize = AreaSize - Stack;

    // Values of State.
    internal const uint StateEvent = 1;
    internal const uint StateReply = 2;
    internal const uint StateDead = 3;

    // Bits of ReplyFlags.
    internal const uint ReplyResume = 1;
    internal const uint ReplySetFs = 2;
    internal const uint ReplySetGs = 4;

    /// <summary>Offset of the first register in a ucontext.</summary>
    internal const int ContextRegisters = 40;
    internal const int ContextFpState = 224;
    internal const int ContextStackPointer = 16;
    internal const int ContextMask = 296;
    internal const int ContextSize = 304;

    /// <summary>clone flags of a guest thread: VM, FS, FILES, SIGHAND, THREAD, SYSVSEM.</summary>
    internal const ulong CloneThread = 0x50f00;

    /// <summary>clone flags of a guest process: CLONE_PARENT with SIGCHLD.</summary>
    internal const ulong CloneProcess = 0x8000 | 17;

    internal const int DontFork = 10;

    /// <summary>Address of a slot's area.</summary>
    internal static ulong AreaAddress(int slot) => AreaBase + ((ulong)slot * AreaSize);
}
