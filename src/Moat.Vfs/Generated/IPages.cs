// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs.Generated;

/// <summary>One way through a generated file that may be long, a page at a time (seq_file).</summary>
public interface IPages
{
    /// <summary>Writes the next page, some lines; false at the end.</summary>
    bool Next(Caller reader, ContentWriter page);
}
