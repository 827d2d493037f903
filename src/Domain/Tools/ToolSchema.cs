using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;

namespace Nightwatch.Domain.Tools;

/// <summary>Makes the JSON schema of a tool's arguments from its record: names, types, required, descriptions, ranges and lengths.</summary>
public static class ToolSchema
{
    private static readonly JsonSchemaExporterOptions Exporter = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Refine };

    public static JsonElement Of<TArguments>()
        where TArguments : class => JsonSerializer.SerializeToElement(ToolJson.Options.GetJsonSchemaAsNode(typeof(TArguments), Exporter));

    private static JsonNode Refine(JsonSchemaExporterContext context, JsonNode node)
    {
        if (node is not JsonObject schema)
        {
            return node;
        }

        if (context.PropertyInfo?.AttributeProvider is { } property)
        {
            AddAttributes(schema, property);
        }

        // An argument that may be left out has no default worth stating, and null says no more than absence.
        schema.Remove("default");
        return schema;
    }

    private static void AddAttributes(JsonObject schema, ICustomAttributeProvider property)
    {
        foreach (var attribute in property.GetCustomAttributes(inherit: true))
        {
            switch (attribute)
            {
                case DescriptionAttribute description:
                    schema["description"] = description.Description;
                    break;
                case RangeAttribute range:
                    schema["minimum"] = JsonSerializer.SerializeToNode(range.Minimum);
                    schema["maximum"] = JsonSerializer.SerializeToNode(range.Maximum);
                    break;
                case LengthAttribute length:
                    schema[IsText(schema) ? "minLength" : "minItems"] = length.MinimumLength;
                    schema[IsText(schema) ? "maxLength" : "maxItems"] = length.MaximumLength;
                    break;
            }
        }
    }

    private static bool IsText(JsonObject schema) => schema["type"]?.ToJsonString().Contains("string", StringComparison.Ordinal) == true;
}
