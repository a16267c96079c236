// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;
using System.Text;

namespace Moat.Bench.Inputs;

/// <summary>Writes C programs of any size, and knows what they print: each function turns a number into
/// another.</summary>
internal static class GeneratedC
{
    /// <summary>Functions <paramref name="first"/> up to <paramref name="end"/>, for one file.</summary>
    public static string Functions(int first, int end)
    {
        StringBuilder text = new("#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n\n");
        for (int i = first; i < end; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $$"""
                unsigned f{{i}}(unsigned x)
                {
                    unsigned table[8], y = x * 1664525u + {{i}}u;
                    for (unsigned k = 0; k < 8; k++) {
                        table[k] = y ^ (k * {{(2 * i) + 1}}u);
                        y += table[k] >> 3;
                    }
                    for (unsigned k = 0; k < 5; k++) {
                        y ^= y << 5;
                        y += table[(y + k) & 7];
                    }
                    if (y & 1u) { y = y * 3u + 1u; }
                    else { y >>= 1; }
                    return y;
                }


                """);
        }
        return text.ToString();
    }

    /// <summary>The declarations of all functions and a main that chains them and prints the end.</summary>
    public static string Chain(int count)
    {
        StringBuilder text = new("#include <stdio.h>\n");
        for (int i = 0; i < count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"unsigned f{i}(unsigned x);\n");
        }
        text.Append("int main(void)\n{\n    unsigned x = 1;\n");
        for (int i = 0; i < count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"    x = f{i}(x);\n");
        }
        return text.Append("    printf(\"%u\\n\", x);\n    return 0;\n}\n").ToString();
    }

    /// <summary>What the program of <paramref name="count"/> functions prints.</summary>
    public static string Output(int count)
    {
        uint x = 1;
        Span<uint> table = stackalloc uint[8];
        for (uint i = 0; i < count; i++)
        {
            uint y = (x * 1664525u) + i;
            for (uint k = 0; k < 8; k++)
            {
                table[(int)k] = y ^ (k * ((2 * i) + 1));
                y += table[(int)k] >> 3;
            }
            for (uint k = 0; k < 5; k++)
            {
                y ^= y << 5;
                y += table[(int)((y + k) & 7)];
            }
            x = (y & 1) != 0 ? (y * 3) + 1 : y >> 1;
        }
        return x.ToString(CultureInfo.InvariantCulture);
    }
}
