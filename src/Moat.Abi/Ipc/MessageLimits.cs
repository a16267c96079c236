// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Ipc;

/// <summary>struct msginfo (IPC_INFO, MSG_INFO).</summary>
public struct MessageLimits
{
    public int Pool;
    public int Map;
    public int MaximumMessage;
    public int QueueBytes;
    public int Queues;
    public int SegmentSize;
    public int Messages;
    public ushort Segments;
    public ushort Padding;
}
