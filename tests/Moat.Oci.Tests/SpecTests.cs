// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Moat.Oci.Spec;
using Moat.Oci.Validation;
using Xunit;

namespace Moat.Oci.Tests;

/// <summary>Reading and checking config.json.</summary>
public sealed class SpecTests
{
    private const string Good = """
        {
          "ociVersion": "1.0.2-dev",
          "process": {
            "terminal": true, "user": { "uid": 1, "gid": 2, "additionalGids": [5] },
            "args": ["sh"], "env": ["PATH=/bin", "A="], "cwd": "/",
            "capabilities": { "bounding": ["CAP_KILL"], "effective": ["CAP_KILL"] },
            "rlimits": [{ "type": "RLIMIT_NOFILE", "hard": 1024, "soft": 1024 }],
            "noNewPrivileges": true
          },
          "root": { "path": "rootfs", "readonly": true },
          "hostname": "runc",
          "mounts": [{ "destination": "/proc", "type": "proc", "source": "proc" }],
          "linux": {
            "resources": { "devices": [{ "allow": false, "access": "rwm" }] },
            "namespaces": [{ "type": "pid" }, { "type": "network" }],
            "uidMappings": [{ "containerID": 0, "hostID": 1000, "size": 1 }],
            "maskedPaths": ["/proc/acpi"], "readonlyPaths": ["/proc/bus"]
          }
        }
        """;

    [Fact]
    public void FieldsOfRuncAreRead()
    {
        OciSpec spec = Parse(Good);
        Assert.Null(SpecValidator.Check(spec));
        Assert.True(spec.Root!.IsReadOnly);
        Assert.Equal(1u, spec.Process!.User!.Uid);
        Assert.Equal(5u, Assert.Single(spec.Process.User.AdditionalGids!));
        Assert.Equal(1000u, Assert.Single(spec.Linux!.UidMappings!).HostId);
        Assert.Equal("/proc/acpi", Assert.Single(spec.Linux.MaskedPaths!));
        Assert.Equal(1024ul, Assert.Single(spec.Process.Rlimits!).Soft);
    }

    [Theory]
    [InlineData("\"cwd\": \"/\"", "\"cwd\": \"x\"", "process.cwd: must be absolute")]
    [InlineData("\"args\": [\"sh\"]", "\"args\": []", "process.args: must not be empty")]
    [InlineData("\"A=\"", "\"A\"", "process.env[1]: must be NAME=VALUE")]
    [InlineData("RLIMIT_NOFILE", "RLIMIT_X", "process.rlimits[0].type: unknown limit RLIMIT_X")]
    [InlineData("\"soft\": 1024", "\"soft\": 1025", "process.rlimits[0].soft: is above the hard limit")]
    [InlineData("\"effective\": [\"CAP_KILL\"]", "\"effective\": [\"CAP_X\"]",
        "process.capabilities.effective: unknown capability CAP_X")]
    [InlineData("\"path\": \"rootfs\"", "\"path\": \"\"", "root.path: must be given")]
    [InlineData("\"destination\": \"/proc\"", "\"destination\": \"proc\"",
        "mounts[0].destination: must be absolute")]
    [InlineData("\"type\": \"pid\"", "\"type\": \"x\"", "linux.namespaces[0].type: unknown namespace x")]
    public void ErrorsNameTheField(string old, string replacement, string expected) =>
        Assert.Equal(expected, SpecValidator.Check(Parse(Good.Replace(old, replacement,
            System.StringComparison.Ordinal))));

    [Fact]
    public void CapabilitiesGoBothWays()
    {
        Assert.Equal(41, CapabilityNames.Format(CapabilityNames.All).Count);
        Assert.Equal(CapabilityNames.All, CapabilityNames.Parse(CapabilityNames.Format(CapabilityNames.All),
            out _));
        Assert.Equal((1UL << 21) | 1, CapabilityNames.Parse(["CAP_SYS_ADMIN", "cap_chown"], out _));
        Assert.Null(CapabilityNames.Parse(["CAP_NOTHING"], out string unknown));
        Assert.Equal("CAP_NOTHING", unknown);
    }

    [Fact]
    public void StateIsWrittenAsTheSpecificationSays()
    {
        string json = JsonSerializer.Serialize(new OciState { Id = "a", Status = "running", Pid = 3 },
            OciJson.Default.OciState);
        Assert.Contains("\"ociVersion\"", json, System.StringComparison.Ordinal);
        Assert.Contains("\"status\": \"running\"", json, System.StringComparison.Ordinal);
        Assert.DoesNotContain("annotations", json, System.StringComparison.Ordinal);
    }

    private static OciSpec Parse(string json) => JsonSerializer.Deserialize(json, OciJson.Default.OciSpec)!;
}
