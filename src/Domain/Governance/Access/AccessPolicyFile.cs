using Nightwatch.Domain.Configuration;

namespace Nightwatch.Domain.Governance.Access;

/// <summary>Reads the access policy from YAML, strictly: whatever is not understood is a problem with its line, and gives nobody a right. See docs/access.md.</summary>
public static class AccessPolicyFile
{
    private const int MaxEntries = 1000;
    private const int MaxNames = 500;

    public static Configured<AccessPolicy> Parse(string yaml)
    {
        var problems = new List<ConfigurationProblem>();
        var (root, problem) = StrictYaml.Parse(yaml);
        if (problem is not null)
        {
            return new(null, [problem]);
        }

        var policy = AccessPolicy.Default;
        if (root is not null && YamlFields.Open(root, "the file", problems, "tenants", "roles", "assignments") is { } file)
        {
            policy = policy with { Tenants = ReadTenants(file, problems), Roles = ReadRoles(file, problems) };
            policy = policy with { Assignments = ReadAssignments(file, policy, problems) };
        }

        return problems.Count == 0 ? new(policy, []) : new(null, problems);
    }

    private static List<Tenant> ReadTenants(YamlFields file, List<ConfigurationProblem> problems)
    {
        var tenants = new List<Tenant>();
        foreach (var fields in Items(file, "tenants", problems, "id", "name"))
        {
            var id = fields.Text("id", Tenants.MaxLength);
            if (id is null || !Tenants.IsValid(id))
            {
                fields.Problem("id", $"a tenant needs an id of at most {Tenants.MaxLength} lower-case letters, digits and inner dashes");
            }
            else if (tenants.Any(t => t.Id == id))
            {
                fields.Problem("id", $"the tenant {id} is given twice");
            }
            else
            {
                tenants.Add(new Tenant(id, fields.Text("name", 120) ?? id));
            }
        }

        return tenants.Count > 0 ? tenants : [.. AccessPolicy.Default.Tenants];
    }

    private static List<Role> ReadRoles(YamlFields file, List<ConfigurationProblem> problems)
    {
        List<Role> roles = [.. Role.BuiltIn];
        foreach (var fields in Items(file, "roles", problems, "name", "permissions"))
        {
            var name = fields.Text("name", 60);
            if (name is null || roles.Any(r => r.Name == name))
            {
                fields.Problem("name", name is null ? "a role needs a name" : $"there is a role {name} already");
                continue;
            }

            var permissions = new List<Permission>();
            foreach (var (text, line) in fields.Texts("permissions"))
            {
                if (Permissions.TryParse(text, out var permission))
                {
                    permissions.Add(permission);
                }
                else
                {
                    problems.Add(new ConfigurationProblem(line, $"there is no such permission; there are {string.Join(", ", Permissions.All.Select(Permissions.NameOf))}"));
                }
            }

            if (fields.Texts("permissions").Count == 0)
            {
                fields.Problem("permissions", "a role needs permissions, such as [read:metrics, read:incidents]");
            }

            roles.Add(new Role(name, permissions));
        }

        return roles;
    }

    private static List<Assignment> ReadAssignments(YamlFields file, AccessPolicy policy, List<ConfigurationProblem> problems)
    {
        var assignments = new List<Assignment>();
        foreach (var fields in Items(
            file, "assignments", problems, "role", "issuer", "tenant", "groups", "claimedRoles", "subjects", "applications", "environments", "datasources"))
        {
            var roleName = fields.Text("role", 60);
            var role = policy.Roles.FirstOrDefault(r => r.Name == roleName);
            if (role is null)
            {
                fields.Problem("role", $"an assignment needs a role; there are {string.Join(", ", policy.Roles.Select(r => r.Name))}");
            }

            var issuer = fields.Text("issuer", 500);
            if (issuer is null)
            {
                fields.Problem("issuer", "an assignment needs the issuer whose groups, roles and subjects it means, such as https://login.microsoftonline.com/TENANT/v2.0");
            }

            var assignment = new Assignment
            {
                Role = role ?? Role.Viewer,
                Issuer = issuer ?? "",
                Tenant = TenantOf(fields, policy),
                Groups = Names(fields, "groups"),
                ClaimedRoles = Names(fields, "claimedRoles"),
                Subjects = Names(fields, "subjects"),
                Scope = new Scope { Applications = Names(fields, "applications"), Environments = Names(fields, "environments"), Datasources = Names(fields, "datasources") },
            };
            if (assignment.Groups.Count + assignment.ClaimedRoles.Count + assignment.Subjects.Count == 0)
            {
                fields.Problem("groups", "an assignment needs groups, claimedRoles or subjects: it is for nobody otherwise");
            }

            assignments.Add(assignment);
        }

        return assignments;
    }

    private static string TenantOf(YamlFields fields, AccessPolicy policy)
    {
        var tenant = fields.Text("tenant", Tenants.MaxLength) ?? (policy.Tenants.Count == 1 ? policy.Tenants[0].Id : null);
        if (tenant is null || !policy.HasTenant(tenant))
        {
            fields.Problem("tenant", $"an assignment needs a tenant; there are {string.Join(", ", policy.Tenants.Select(t => t.Id))}");
        }

        return tenant ?? Tenants.Default;
    }

    /// <summary>A key that is there but empty is a mistake: an empty scope would mean everywhere.</summary>
    private static List<string> Names(YamlFields fields, string key)
    {
        var names = fields.Texts(key);
        if (fields.Value(key) is not null && (names.Count is 0 or > MaxNames || names.Any(n => string.IsNullOrWhiteSpace(n.Text))))
        {
            fields.Problem(key, $"{key} must list 1 to {MaxNames} names, or be left out");
        }

        return [.. names.Select(n => n.Text.Trim())];
    }

    private static List<YamlFields> Items(YamlFields file, string key, List<ConfigurationProblem> problems, params string[] known)
    {
        switch (file.Value(key))
        {
            case null:
                return [];
            case YamlList list when list.Items.Count <= MaxEntries:
                return list.Items.Select(item => YamlFields.Open(item, $"an entry of {key}", problems, known)).OfType<YamlFields>().ToList();
            default:
                file.Problem(key, $"{key} must be a list of at most {MaxEntries} entries");
                return [];
        }
    }
}
