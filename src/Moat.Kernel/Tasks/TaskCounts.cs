// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Tasks;

/// <summary>What /proc/stat and /proc/loadavg count.</summary>
/// <param name="Tasks">Tasks that live.</param>
/// <param name="Running">Those of them that run or want to.</param>
/// <param name="LastId">The last id given out.</param>
/// <param name="Forks">Tasks that were ever made.</param>
/// <param name="Switches">How often tasks have slept, those that are gone too.</param>
public readonly record struct TaskCounts(int Tasks, int Running, int LastId, long Forks, long Switches);
