// SPDX-License-Identifier: Apache-2.0
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Syscalls;

/// <summary>personality(2).</summary>
public static class Personality
{
    private const uint Query = 0xffffffff;

    /// <summary>personality(2): kept and inherited; answers the value before.</summary>
    [Syscall("personality")]
    public static SysResult Set(Task task, uint persona)
    {
        uint before = task.Personality;
        if (persona != Query)
        {
            task.Personality = persona;
        }

        return (long)before;
    }
}
