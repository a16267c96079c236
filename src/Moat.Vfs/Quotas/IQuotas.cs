// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs.Quotas;

/// <summary>The quotas of one file system (quotactl(2)). Who calls has checked permissions.</summary>
public interface IQuotas
{
    /// <summary>QFMT_*.</summary>
    int Format { get; }

    /// <summary>True when there are quotas of that type.</summary>
    bool Has(QuotaType type);

    /// <summary>The figures of an id; those that it would begin with when it has none yet.</summary>
    QuotaFigures Get(QuotaType type, uint id);

    /// <summary>The first id from one on that has figures: ENOENT when there is none.</summary>
    Result<uint> Next(QuotaType type, uint from);

    /// <summary>Sets some figures; ENOMEM when there are too many.</summary>
    Errno Set(QuotaType type, uint id, QuotaChange change, in QuotaFigures figures);

    /// <summary>What holds for all ids.</summary>
    QuotaInfo GetInfo(QuotaType type);

    void SetInfo(QuotaType type, QuotaInfo info);

    /// <summary>Limits begin or cease to count; EEXIST when they do already.</summary>
    Errno Enforce(QuotaType type, bool enforced);
}
