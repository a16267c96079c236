// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Seccomp;

/// <summary>The instruction codes of classic BPF that seccomp allows (linux/bpf_common.h).</summary>
internal static class BpfCode
{
    internal const int LoadWordAbsolute = 0x20;
    internal const int LoadLength = 0x80;
    internal const int LoadXLength = 0x81;
    internal const int LoadImmediate = 0x00;
    internal const int LoadXImmediate = 0x01;
    internal const int LoadMemory = 0x60;
    internal const int LoadXMemory = 0x61;
    internal const int Store = 0x02;
    internal const int StoreX = 0x03;
    internal const int ReturnK = 0x06;
    internal const int ReturnA = 0x16;
    internal const int TakeX = 0x07;
    internal const int TakeA = 0x87;
    internal const int AddK = 0x04;
    internal const int AddX = 0x0c;
    internal const int SubtractK = 0x14;
    internal const int SubtractX = 0x1c;
    internal const int MultiplyK = 0x24;
    internal const int MultiplyX = 0x2c;
    internal const int DivideK = 0x34;
    internal const int DivideX = 0x3c;
    internal const int OrK = 0x44;
    internal const int OrX = 0x4c;
    internal const int AndK = 0x54;
    internal const int AndX = 0x5c;
    internal const int LeftK = 0x64;
    internal const int LeftX = 0x6c;
    internal const int RightK = 0x74;
    internal const int RightX = 0x7c;
    internal const int Negate = 0x84;
    internal const int XorK = 0xa4;
    internal const int XorX = 0xac;
    internal const int Jump = 0x05;
    internal const int JumpEqualK = 0x15;
    internal const int JumpEqualX = 0x1d;
    internal const int JumpGreaterK = 0x25;
    internal const int JumpGreaterX = 0x2d;
    internal const int JumpGreaterEqualK = 0x35;
    internal const int JumpGreaterEqualX = 0x3d;
    internal const int JumpSetK = 0x45;
    internal const int JumpSetX = 0x4d;
}
