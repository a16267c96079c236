// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;

namespace Moat.Abi.Tty;

/// <summary>c_cc of the kernel's struct termios, indexed by the V* constants (termios(3)).</summary>
[InlineArray(19)]
public struct ControlCharacters
{
    private byte _element;
}
