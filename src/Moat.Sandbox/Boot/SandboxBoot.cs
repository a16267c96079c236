// SPDX-License-Identifier: Apache-2.0
using System.IO;
using Moat.Control.Boot;
using Moat.Control.Messages;
using Moat.Host.Launching;
using Moat.Host.Processes;
using Moat.Sandbox.Confinement;
using Moat.Sandbox.Control;

namespace Moat.Sandbox.Boot;

/// <summary>`moat boot`: from exec to a confined kernel process that runs its first guest process.</summary>
public static class SandboxBoot
{
    private const int Failed = 125;
    private const int KillSignal = 9;

    /// <summary>Runs the sandbox; returns the kernel process's own exit status, which nobody needs.</summary>
    public static int Run()
    {
        var reports = new ControlReporter(BootDescriptors.Control);
        try
        {
            return Start(reports);
        }
        catch (BootException failure)
        {
            reports.Failed(failure.Status, failure.Message);
            return Failed;
        }
    }

    private static int Start(ControlReporter reports)
    {
        var trace = new StartTrace("kernel");
        trace.Mark("its runtime starts");
        BootRequest request = ReadRequest();
        using var kernel = new GuestKernel(request, trace);
        trace.Mark("read the request");

        // Everything that needs the host's tree: /proc of this process, CPU and memory figures.
        kernel.Prepare();
        trace.Mark("prepare the kernel");
        int[] threads = ThreadBroadcast.OtherThreads();
        HostIdentity.ClearUmask();
        Confiner.LimitResources();
        Confiner.EnterEmptyRoot();
        trace.Mark("enter an empty root");
        Confiner.DropPrivileges(request.KeptCapabilities, threads);
        if (request.DieWithLauncher)
        {
            // Set once more: the exec as root gained capabilities, which clears it (prctl(2),
            // PR_SET_PDEATHSIG).
            HostPrivileges.DieWithParent(KillSignal);
        }

        trace.Mark("drop privileges");
        Confiner.InstallFilter();
        trace.Mark("install the filter");

        var control = new ControlLoop(kernel, reports, request, trace);
        if (!request.WaitForStart)
        {
            control.StartInit();
        }

        reports.Send(new ControlMessage(ControlKind.Ready));
        int status = control.Run();
        HostProcess.Exit(status);
        return status;
    }

    private static BootRequest ReadRequest()
    {
        byte[] bytes = MemfdReader.ReadAndClose(BootDescriptors.Request);
        try
        {
            return BootFormat.Read(bytes);
        }
        catch (IOException e)
        {
            throw new BootException(Failed, $"boot: the request is damaged: {e.Message}");
        }
    }
}
