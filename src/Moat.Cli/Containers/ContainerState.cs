// SPDX-License-Identifier: Apache-2.0
using Moat.Cli.Errors;
using Moat.Control.Messages;
using Moat.Oci.Spec;

namespace Moat.Cli.Containers;

/// <summary>Finds out what state a container is in now.</summary>
internal static class ContainerState
{
    internal const string Created = "created";
    internal const string Running = "running";
    internal const string Stopped = "stopped";

    /// <summary>Null and the state with its present status, or an error.</summary>
    internal static MoatError? Get(ContainerStore store, string id, out OciState? state)
    {
        MoatError? error = store.Load(id, out state);
        if (error != null)
        {
            return error;
        }

        using ContainerConnection? connection = ContainerConnection.Open(store, id);
        string status = Stopped;
        if (connection != null
            && connection.Ask(new ControlMessage(ControlKind.Query), out ControlMessage answer) == null)
        {
            status = answer.Value == 1 ? Running : Created;
        }

        state = state! with { Status = status, Pid = status == Stopped ? 0 : state.Pid };
        return null;
    }
}
