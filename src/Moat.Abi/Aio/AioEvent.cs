// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Aio;

/// <summary>struct io_event (linux/aio_abi.h).</summary>
/// <param name="Data">The request's own word.</param>
/// <param name="Request">Guest address of its iocb.</param>
/// <param name="Result">What the call would return.</param>
/// <param name="Result2">Always 0.</param>
public readonly record struct AioEvent(ulong Data, ulong Request, long Result, long Result2);
