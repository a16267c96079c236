// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Cli.Errors;
using Moat.Host.Children;

namespace Moat.Cli.Launching;

/// <summary>Says why a kernel process could not be started, and what to do.</summary>
internal static class LaunchErrors
{
    /// <summary>The caller's line for a failed step.</summary>
    internal static MoatError Explain(SpawnFailure failure)
    {
        string why = ErrorText.Of(failure.Error);
        string step = failure.Step;
        if (step is "create a process" or "prepare the child")
        {
            return MoatError.Of(
                $"cannot create a user namespace: {why}; allow them (sysctl user.max_user_namespaces, "
                + "kernel.unprivileged_userns_clone, "
                + "kernel.apparmor_restrict_unprivileged_userns), see `moat doctor`");
        }

        string path = step.IndexOf(' ') is int space and > 0 ? step[(space + 1)..] : "";
        if (path.StartsWith('/') && failure.Error is Errno.ENOENT or Errno.ENOTDIR or Errno.EACCES)
        {
            return MoatError.Of($"{path}: {why}");
        }

        return MoatError.Of($"starting the kernel process: {step}: {why}; see `moat doctor`");
    }
}
