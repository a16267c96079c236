// SPDX-License-Identifier: Apache-2.0
namespace Moat.Platform;

/// <summary>
/// Where things lie in every stub's address space, and inside a thread area. Shared by C# and machine code.
/// </summary>
public static class StubLayout
{
    /// <summary>Guest mappings end here; all above belongs to the platform.</summary>
    public const ulong GuestTop = 0x7fff_8000_0000;

    /// <summary>The stub's code; its read-only data lie <see cref="DataOffset"/> behind.</summary>
    internal const ulong CodeBase = GuestTop;
    internal const int DataOffset = 0x1000;

    /// <summary>The table of inputs, one entry of eight bytes for each call.</summary>
    internal const int InputTableOffset = 0x2000;

    /// <summary>Code, data and table together.</summary>
    internal const int ImageSize = 0x3000;

    /// <summary>Trampolines of patched call sites, one per entry of the table.</summary>
    internal const ulong TrampolineBase = CodeBase + 0x10_0000;
    internal const int TrampolineSize = 64;

    /// <summary>
    /// The table of trampoline addresses that patched call sites jump through. It lies here because the upper
    /// half of its addresses, 06 00, is an invalid instruction for whoever jumps into the middle of a site.
    /// </summary>
    public const ulong TableBase = Memory.AddressSpaceLimits.HoleStart;

    /// <summary>Entries of the table, eight bytes each.</summary>
    internal const int TableEntries = (int)(TableEnd - TableBase) / 8;

    /// <summary>First address behind the table.</summary>
    public const ulong TableEnd = Memory.AddressSpaceLimits.HoleEnd;

    /// <summary>Thread areas, one per slot.</summary>
    internal const ulong AreaBase = 0x7fff_9000_0000;

    /// <summary>Size and alignment of an area: machine code finds its area by masking rsp.</summary>
    internal const int AreaSize = 0x20000;

    /// <summary>Most threads of one stub.</summary>
    internal const int MaxThreads = 4096;
    internal const ulong AreaEnd = AreaBase + ((ulong)MaxThreads * AreaSize);

    /// <summary>Descriptors of a stub: those of files that it keeps come first (<see cref="KeptFiles"/>).
    /// </summary>
    internal const int KeptFds = 16;

    /// <summary>The first number behind those of all slots.</summary>
    internal const int FdEnd = KeptFds + MaxThreads;

    /// <summary>
    /// Above the number of a descriptor that is still to be installed: the host looks at the lower half only,
    /// the filter sees that the supervisor must be asked.
    /// </summary>
    internal const ulong InstallMark = 1UL << 32;

    /// <summary>End of the host's user address space (47 bits less a page).</summary>
    internal const ulong HostTop = 0x7fff_ffff_f000;

    /// <summary>The host signal that takes a thread out of guest code.</summary>
    internal const int InterruptSignal = 63;

    // Thread area. Words that both sides poll have cache lines of their own.
    internal const int Self = 0x00;
    internal const int Magic = 0x08;
    internal const int Pending = 0x10;

    /// <summary>
    /// The call: one cache line with all that an ordinary call passes in either direction. The stub writes
    /// number, CPU, inputs and arguments in one go before the state; the kernel the result and what to do.
    /// </summary>
    internal const int State = 0x40;
    internal const int CallNumber = 0x44;
    internal const int CallCpu = 0x48;
    internal const int InputCount = 0x4a;
    internal const int CallArguments = 0x50;

    /// <summary>In the reply: flags, from bit 8 the number of outputs, from bit 16 that of orders.</summary>
    internal const int ReplyWord = 0x44;
    internal const int ReplyRax = 0x48;
    internal const int ReplyCopiesShift = 8;
    internal const int ReplyOrdersShift = 16;
    internal const int KernelSleeps = 0x80;
    internal const int StubSleeps = 0xc0;
    internal const int KernelCpu = 0x100;
    internal const int SpinCount = 0x104;

    /// <summary>Not 0: the task sleeps, so that spinning for its reply is no use.</summary>
    internal const int TaskSleeps = 0x108;
    /// <summary>Time stamp counts: when the stub last woke, and from then to the call that found the task
    /// asleep.</summary>
    internal const int WokeAt = 0x110;
    internal const int CallGap = 0x118;
    internal const int EventSignal = 0x180;
    internal const int EventInfo = 0x188;
    internal const int EventContext = 0x190;
    internal const int EventFsBase = 0x198;
    internal const int EventGsBase = 0x1a0;
    internal const int Listener = 0x1a8;
    internal const int Vdso = 0x1b0;

    /// <summary>Sizes of the vDSO's data and code, for the start: 4 bytes each.</summary>
    internal const int VdsoDataBytes = 0x1b8;
    internal const int VdsoCodeBytes = 0x1bc;
    internal const int ReplyContext = 0x208;
    internal const int ReplyFsBase = 0x210;
    internal const int ReplyGsBase = 0x218;

    /// <summary>
    /// Registers of a call that came through a patched site, in the order of <see cref="FastFrame"/>; the
    /// kernel reads them only when it needs more than the call.
    /// </summary>
    internal const int FastRegisters = 0x240;

    /// <summary>Where each input came from.</summary>
    internal const int Inputs = 0x310;
    internal const int MaxInputs = 2;
    internal const int Scratch = 0x380;

    /// <summary>Arguments of a call that has trapped.</summary>
    internal const int TrapArguments = 0x3c0;

    /// <summary>Outputs that the stub is to copy from the window before it resumes.</summary>
    internal const int Outputs = 0x400;
    internal const int MaxOutputs = 24;

    /// <summary>An input or output: guest address (8 bytes), length (4), offset in the area (4).</summary>
    internal const int TransferSize = 16;
    internal const int Orders = 0x1000;
    internal const int OrderSize = 64;
    internal const int OrderResult = 56;
    internal const int MaxOrders = 32;

    /// <summary>The window: bytes of the present call on their way in and out.</summary>
    internal const int Window = 0x2000;
    internal const int WindowSize = 0x11000;

    /// <summary>
    /// Most bytes that inputs or an output take: beyond, the host's own copying is cheaper than moving the
    /// bytes through another CPU's cache.
    /// </summary>
    internal const int LargestTransfer = 0x4000;

    /// <summary>The alternate signal stack fills the area's last quarter.</summary>
    internal const int Stack = 0x18000;
    internal const int StackSize = AreaSize - Stack;

    /// <summary>
    /// On the fast path the first half of the stack is free: what xsave writes there leaves room enough for
    /// the frame of an interrupt.
    /// </summary>
    internal const int FpArea = Stack;
    internal const int LargestFpArea = StackSize / 2;

    /// <summary>What <see cref="Magic"/> holds: it tells a thread area from whatever else gs points at.
    /// </summary>
    internal const int MagicValue = 0x4d6f6174;

    /// <summary>Calls with numbers from here on have no inputs to copy.</summary>
    internal const int MarshalledCalls = 512;

    /// <summary>A call number that no guest call has: the stub's own traps.</summary>
    internal const int OwnTrap = 0xffff;

    // Values of State.
    internal const uint StateEvent = 1;
    internal const uint StateReply = 2;
    internal const uint StateDead = 3;
    internal const uint StateFast = 4;

    // Bits of ReplyFlags.
    internal const uint ReplyResume = 1;
    internal const uint ReplySetFs = 2;
    internal const uint ReplySetGs = 4;

    /// <summary>Go back to guest code behind the patched site, all registers but rax as they were.</summary>
    internal const uint ReplyFast = 8;

    /// <summary>Trap, so that there is a whole frame.</summary>
    internal const uint ReplyTrap = 16;

    /// <summary>Save the FP and vector state in <see cref="FpArea"/>, or load it from there.</summary>
    internal const uint ReplySaveFp = 32;
    internal const uint ReplyLoadFp = 64;

    /// <summary>Offset of the first register in a ucontext.</summary>
    internal const int ContextRegisters = 40;
    internal const int ContextFpState = 224;
    internal const int ContextStackPointer = 16;
    internal const int ContextMask = 296;
    internal const int ContextRax = 144;
    internal const int ContextRip = 168;
    internal const int ContextSize = 304;

    /// <summary>clone flags of a guest thread: VM, FS, FILES, SIGHAND, THREAD, SYSVSEM.</summary>
    internal const ulong CloneThread = 0x50f00;

    /// <summary>clone flags of a guest process: CLONE_PARENT with SIGCHLD.</summary>
    internal const ulong CloneProcess = 0x8000 | 17;

    internal const int DontFork = 10;

    /// <summary>arch_prctl(2): ARCH_SET_GS and ARCH_SET_FS.</summary>
    internal const ulong SetGs = 0x1001;
    internal const ulong SetFs = 0x1002;

    /// <summary>Address of a slot's area.</summary>
    internal static ulong AreaAddress(int slot) => AreaBase + ((ulong)slot * AreaSize);
}
