// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Moat.Host.Children;

/// <summary>One host call as the assembled loop of <see cref="ChildThunk"/> reads it: 128 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ChildStepRecord
{
    internal const int Size = 128;
    internal const int ArgumentsOffset = 8;
    internal const int PolicyOffset = 56;
    internal const int StoresOffset = 64;
    internal const int ResultOffset = 112;
    internal const int StoreCount = 6;

    internal ulong Number;
    internal SixWords Arguments;
    internal long Policy;
    internal SixWords Stores;
    internal long Result;
    internal long Reserved;

    [InlineArray(6)]
    internal struct SixWords
    {
        private ulong _first;
    }
}
