// SPDX-License-Identifier: Apache-2.0
using System;
using System.Reflection;
using Moat.Base;
using Moat.Memory;

namespace Moat.Syscalls.Tests;

/// <summary>Calls the generated classes of an assembly that <see cref="GeneratorHarness"/> made.</summary>
internal sealed class GeneratedCode(string methods)
{
    private readonly Assembly _assembly = GeneratorHarness.Load(methods);

    public SysResult Invoke(uint number, params ulong[] arguments) =>
        (SysResult)Call("SyscallDispatcher", "Invoke", [null, number, .. Six(arguments)])!;

    public bool IsImplemented(uint number) => (bool)Call("SyscallDispatcher", "IsImplemented", [number])!;

    public string Entry(UserMemory memory, uint number, params ulong[] arguments)
    {
        foreach (MethodInfo method in Type("SyscallStrace").GetMethods())
        {
            if (method.Name == "FormatEntry" && method.GetParameters()[0].ParameterType == typeof(UserMemory))
            {
                return (string)method.Invoke(null, [memory, number, .. Six(arguments)])!;
            }
        }

        throw new InvalidOperationException("no FormatEntry");
    }

    public string Result(uint number, SysResult result) =>
        (string)Call("SyscallStrace", "FormatResult", [number, result])!;

    public string Markdown() => (string)Call("SyscallTable", "ToMarkdown", [])!;

    /// <summary>
    /// Runs a static method of the handlers' class, such as a getter of what a handler saw.
    /// </summary>
    public object? Handler(string name) => _assembly.GetType("Handlers")!.GetMethod(name)!.Invoke(null, []);

    private static object[] Six(ulong[] arguments)
    {
        var six = new object[6];
        for (int i = 0; i < 6; i++)
        {
            six[i] = i < arguments.Length ? arguments[i] : 0UL;
        }

        return six;
    }

    private Type Type(string name) => _assembly.GetType("Moat.Syscalls.Dispatch." + name)!;

    private object? Call(string type, string method, object?[] arguments) =>
        Type(type).GetMethod(method)!.Invoke(null, arguments);
}
