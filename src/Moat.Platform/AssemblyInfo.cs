// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Moat.Platform.Tests")]
[assembly: InternalsVisibleTo("Moat.Prebuilt")]
