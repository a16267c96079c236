// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Tty;

/// <summary>
/// The kernel's struct termios, 36 bytes: not glibc's (include/uapi/asm-generic/termbits.h).
/// </summary>
public struct Termios
{
    public uint InputFlags;
    public uint OutputFlags;
    public uint ControlFlags;
    public uint LocalFlags;
    public byte LineDiscipline;
    public ControlCharacters Characters;
}
