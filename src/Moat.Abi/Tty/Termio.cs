// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;

namespace Moat.Abi.Tty;

/// <summary>struct termio, the form of System V (TCGETA(2const)): the low halves of the flags.</summary>
public struct Termio
{
    public ushort InputFlags;
    public ushort OutputFlags;
    public ushort ControlFlags;
    public ushort LocalFlags;
    public byte LineDiscipline;
    public FirstCharacters Characters;

    /// <summary>c_cc of struct termio: the first 8.</summary>
    [InlineArray(8)]
    public struct FirstCharacters
    {
        private byte _element;
    }
}
