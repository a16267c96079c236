// SPDX-License-Identifier: Apache-2.0
namespace Moat.Analyzers;

/// <summary>
/// One decodable parameter: everything an emitter may ask, so that no emitter needs the compiler's symbols.
/// </summary>
internal sealed record ParameterModel(
    string Name, string FullType, string ShortType, ParameterKind Kind, EnumModel? Enum,
        InputModel? Input = null);
