// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Moat.Abi;
using Moat.Base;
using Moat.Cli.Commands;
using Moat.Cli.Errors;
using Moat.Cli.Launching;
using Moat.Control.Messages;
using Moat.Host.Files;
using Moat.Host.Processes;
using Moat.Host.Sockets;
using Moat.Oci.Spec;

namespace Moat.Cli.Containers;

/// <summary>
/// Starts the kernel process of a bundle's container, and takes everything back when that fails.
/// </summary>
internal static class ContainerCreator
{
    /// <summary>
    /// Null and the kernel process, which has said that it is ready; or what failed, with nothing left
    /// behind.
    /// </summary>
    internal static MoatError? Create(CreateRequest request, out RunningKernel? kernel)
    {
        kernel = null;
        MoatError? error = BundleReader.Read(request.Bundle, out OciSpec? spec);
        error ??= Refusal(spec!);
        LaunchPlan? plan = null;
        error ??= SpecTranslator.Translate(spec!, request.Bundle, request.Id, out plan);
        if (error == null && OverlayRequest.Of(spec!.Annotations) is { } overlay)
        {
            error = OverlayPlan.Add(overlay, request.Bundle, ref plan!);
        }

        error ??= request.Store.Create(request.Id);
        if (error != null)
        {
            return error;
        }

        IReadOnlyList<CgroupDirectory> cgroups =
            request.Store.CreateCgroups(request.Id, spec!.Linux?.CgroupsPath);
        plan = CgroupMounts.Add(plan! with { Cgroups = cgroups });
        request.Trace.Mark("read the bundle, make the container's folder and cgroups");
        error = Start(request, spec!, plan!, out kernel);
        if (error != null)
        {
            request.Store.Remove(request.Id);
        }

        return error;
    }

    private static MoatError? Refusal(OciSpec spec) =>
        spec.Hooks != null ? MoatError.Of("config.json: hooks: are not supported yet; remove them") : null;

    private static MoatError? Start(CreateRequest request, OciSpec spec, LaunchPlan plan,
        out RunningKernel? kernel)
    {
        kernel = null;
        if (!HostSocket.Listen(request.Store.SocketPath(request.Id)).TryGet(out int listener,
            out Errno failure))
        {
            return MoatError.Of(
                $"{request.Store.SocketPath(request.Id)}: {ErrorText.Of(failure)}; choose a shorter --root");
        }

        MoatError? error = Streams(request, spec, ref plan);
        if (error == null)
        {
            plan = plan with
            {
                Listener = listener,
                DieWithCaller = !request.Detached,
                Trace = request.Trace,
                Request = plan.Request with
                {
                    WaitForStart = request.WaitForStart, TraceStart = request.TraceStart,
                },
            };
            error = KernelLauncher.Launch(plan, out kernel);
        }

        HostFile.Close(listener);
        error ??= WaitUntilReady(kernel!);
        request.Trace.Mark("hear that it is ready");
        error ??= Record(request, spec, plan.RootPath, kernel!);
        request.Trace.Mark("record the container");
        return error;
    }

    private static MoatError? Streams(CreateRequest request, OciSpec spec, ref LaunchPlan plan)
    {
        if (!spec.Process!.Terminal)
        {
            return request.ConsoleSocket == null
                ? null : MoatError.Of(
                    "--console-socket: config.json has process.terminal false; leave the option out");
        }

        if (request.ConsoleSocket == null)
        {
            return HostTerminal.IsTerminal(0) && !request.Detached
                ? null : MoatError.Of(
                    "process.terminal: stdin is no terminal; set it to false or use --console-socket");
        }

        var size = new ConsoleSocket.OciSize(
            (ushort)(spec.Process.ConsoleSize?.Height ?? 0), (ushort)(spec.Process.ConsoleSize?.Width ?? 0));
        MoatError? error = ConsoleSocket.Send(request.ConsoleSocket, size, out int terminal);
        plan = plan with { Stdin = terminal, Stdout = terminal, Stderr = terminal };
        return error;
    }

    private static MoatError? WaitUntilReady(RunningKernel kernel)
    {
        Span<byte> buffer = stackalloc byte[ControlMessage.MaximumBytes];
        Result<int> received = HostSocket.Receive(kernel.ControlFd, buffer, [], out _);
        ControlMessage message = received.TryGet(out int length, out _) && length > 0
            ? ControlMessage.Decode(buffer[..length]) : default;
        switch (message.Kind)
        {
            case ControlKind.Ready:
                return null;
            case ControlKind.Failed:
                _ = PidFd.Reap(kernel.PidFd, true);
                return new MoatError(message.Value is >= 125 and <= 127 ? message.Value : 125, message.Text);
            default:
                ChildStatus how = PidFd.Reap(kernel.PidFd, true).Value;
                return MoatError.Of(how.Exited
                    ? $"the kernel process ended unexpectedly with status {how.Status}"
                    : $"the kernel process was killed by signal {how.Status}");
        }
    }

    private static MoatError? Record(CreateRequest request, OciSpec spec, string root, RunningKernel kernel)
    {
        try
        {
            request.Store.Save(new OciState
            {
                Id = request.Id,
                Status = ContainerState.Created,
                Pid = kernel.Pid,
                Bundle = request.Bundle,
                Rootfs = root,
                Created = DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture),
                Owner = CallerIdentity.Name(),
                Annotations = spec.Annotations,
            });
            if (request.PidFile != null)
            {
                File.WriteAllText(request.PidFile, kernel.Pid.ToString(CultureInfo.InvariantCulture));
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _ = PidFd.SendSignal(kernel.PidFd, 9);
            _ = PidFd.Reap(kernel.PidFd, true);
            return MoatError.Of($"recording the container: {e.Message}");
        }
    }
}
