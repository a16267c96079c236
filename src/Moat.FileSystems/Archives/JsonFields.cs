// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Text.Json;

namespace Moat.FileSystems.Archives;

/// <summary>Reads fields of JSON that may be anything.</summary>
internal static class JsonFields
{
    private const int MostItems = 4096;

    /// <summary>A text; "" when there is none.</summary>
    internal static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement field)
        && field.ValueKind == JsonValueKind.String ? field.GetString()! : "";

    /// <summary>An object or array; an undefined one when there is none.</summary>
    internal static JsonElement Field(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement field)
            ? field : default;

    /// <summary>The objects of an array.</summary>
    internal static List<JsonElement> Items(JsonElement element, string name)
    {
        var items = new List<JsonElement>();
        JsonElement field = Field(element, name);
        if (field.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in field.EnumerateArray())
            {
                if (items.Count < MostItems)
                {
                    items.Add(item);
                }
            }
        }

        return items;
    }

    /// <summary>The texts of an array.</summary>
    internal static List<string> Texts(JsonElement element, string name)
    {
        var texts = new List<string>();
        foreach (JsonElement item in Items(element, name))
        {
            if (item.ValueKind == JsonValueKind.String)
            {
                texts.Add(item.GetString()!);
            }
        }

        return texts;
    }
}
