// SPDX-License-Identifier: Apache-2.0
namespace Moat.FileSystems.Dev;

/// <summary>The memory devices, by their minor number under major 1 (null(4), random(4)).</summary>
public enum MemoryDeviceKind
{
    Null = 3,
    Zero = 5,
    Full = 7,
    Random = 8,
    URandom = 9,
}
