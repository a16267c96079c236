// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Host.Seccomp;
using Xunit;

namespace Moat.Host.Tests;

/// <summary>The BPF builder, run by a small interpreter.</summary>
public sealed class SeccompProgramTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(700)]
    public void LongJumpsArrive(int count)
    {
        var program = new SeccompProgram();
        SeccompLabel allow = program.NewLabel();
        program.Load(SeccompField.Number);
        for (uint i = 0; i < count; i++)
        {
            program.JumpIf(SeccompTest.Equal, i * 2, allow);
        }

        program.Return(SeccompAction.Fail(Errno.EPERM));
        program.Mark(allow);
        program.Return(SeccompAction.Allow);
        SockFilter[] built = program.Build();
        for (uint number = 0; number < (count * 2) + 3; number++)
        {
            bool allowed = number % 2 == 0 && number / 2 < count;
            SeccompAction expected = allowed ? SeccompAction.Allow : SeccompAction.Fail(Errno.EPERM);
            Assert.Equal(expected.Value, Interpret(built, number, 0));
        }
    }

    [Theory]
    [InlineData(0x1_2345_6789UL, true)]
    [InlineData(0x2_2345_6789UL, false)]
    [InlineData(0x1_2345_6788UL, false)]
    public void WholeArgumentsAreCompared(ulong argument, bool equal)
    {
        var program = new SeccompProgram();
        SeccompLabel other = program.NewLabel();
        program.JumpUnless64(SeccompField.Argument0, 0x1_2345_6789UL, other);
        program.Return(SeccompAction.Allow);
        program.Mark(other);
        program.Return(SeccompAction.KillProcess);
        uint expected = (equal ? SeccompAction.Allow : SeccompAction.KillProcess).Value;
        Assert.Equal(expected, Interpret(program.Build(), 0, argument));
    }

    private static uint Interpret(SockFilter[] program, uint number, ulong argument0)
    {
        uint loaded = 0;
        for (int at = 0; ; at++)
        {
            SockFilter line = program[at];
            switch (line.Code)
            {
                case 0x20:
                    loaded = line.K switch { 0 => number, 16 => (uint)argument0, 20 =>
                        (uint)(argument0 >> 32), _ => 0 };
                    break;
                case 0x54: loaded &= line.K; break;
                case 0x05: at += (int)line.K; break;
                case 0x06: return line.K;
                case 0x15: at += loaded == line.K ? line.JumpTrue : line.JumpFalse; break;
                case 0x25: at += loaded > line.K ? line.JumpTrue : line.JumpFalse; break;
                case 0x35: at += loaded >= line.K ? line.JumpTrue : line.JumpFalse; break;
                default: at += (loaded & line.K) != 0 ? line.JumpTrue : line.JumpFalse; break;
            }
        }
    }
}
