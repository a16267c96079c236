// SPDX-License-Identifier: Apache-2.0
using Moat.Control.Boot;

namespace Moat.Cli.Launching;

/// <summary>A kernel process that has been started.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="PidFd">Its pidfd.</param>
/// <param name="ControlFd">Our end of its control socket.</param>
/// <param name="BrokerFd">Our end of the owner broker's socket, or -1.</param>
/// <param name="ClockBehindNs">How far its CLOCK_MONOTONIC is behind ours.</param>
/// <param name="Trace">Where its marks of --trace-start go, if anywhere.</param>
internal sealed record RunningKernel(
    int Pid, int PidFd, int ControlFd, int BrokerFd, long ClockBehindNs = 0, StartTrace? Trace = null);
