/**
 * Policies of the three kinds of operators, written when an installation is initialised. They are
 * policies like any other from then on: to be edited, or deleted.
 *
 * Searches are limited to mounts that a policy reaches into, which reading their roles does.
 */
export const PRESET_POLICIES: Readonly<Record<string, string>> = {
  admin: `# Runs the installation.
path "*" {
  capabilities = ["create", "read", "update", "patch", "delete", "list", "sudo"]
}
`,

  "on-call": `# Finds what runs and ends it. Draws no credential and changes no configuration.
path "sys/leasehold/leases*"      { capabilities = ["read"] }
path "sys/leasehold/tokens*"      { capabilities = ["read"] }
path "sys/leasehold/audit*"       { capabilities = ["read"] }
path "sys/leasehold/attempts*"    { capabilities = ["read"] }
path "sys/leasehold/attempts/dry-run" { capabilities = ["create"] }
path "sys/leasehold/validator"    { capabilities = ["read"] }
path "sys/leasehold/health"       { capabilities = ["read"] }
path "sys/leasehold/overview"     { capabilities = ["read"] }
path "sys/leasehold/jobs*"        { capabilities = ["create", "read", "list"] }
path "sys/leasehold/freezes*"     { capabilities = ["create", "read", "update", "list", "delete"] }
path "sys/leasehold/views*"       { capabilities = ["create", "read", "list", "delete"] }
path "sys/leasehold/auth-roles"   { capabilities = ["read"] }
path "sys/leasehold/policies/explain" { capabilities = ["read"] }

path "sys/leases"                 { capabilities = ["read", "list", "sudo"] }
path "sys/leases/count"           { capabilities = ["read"] }
path "sys/leases/lookup*"         { capabilities = ["update", "list", "sudo"] }
path "sys/leases/renew*"          { capabilities = ["update"] }
path "sys/leases/revoke"          { capabilities = ["update"] }
path "sys/leases/revoke/*"        { capabilities = ["update"] }
path "sys/leases/revoke-prefix/*" { capabilities = ["update", "sudo"] }
path "auth/token/lookup-accessor" { capabilities = ["update"] }
path "auth/token/revoke-accessor" { capabilities = ["update"] }

# Mounts and their roles.
path "sys/mounts"                 { capabilities = ["read"] }
path "sys/auth"                   { capabilities = ["read"] }
path "+/roles/*"                  { capabilities = ["read", "list"] }
path "+/+/roles/*"                { capabilities = ["read", "list"] }
path "auth/+/role/*"              { capabilities = ["read", "list"] }
path "auth/+/+/role/*"            { capabilities = ["read", "list"] }
path "auth/+/roles/*"             { capabilities = ["list"] }
path "auth/+/users/*"             { capabilities = ["list"] }
`,

  auditor: `# Reads the log and the rules. Draws no credential and changes nothing.
path "sys/leasehold/leases*"      { capabilities = ["read"] }
path "sys/leasehold/tokens*"      { capabilities = ["read"] }
path "sys/leasehold/audit*"       { capabilities = ["read"] }
path "sys/leasehold/attempts*"    { capabilities = ["read"] }
path "sys/leasehold/history"      { capabilities = ["read"] }
path "sys/leasehold/validator"    { capabilities = ["read"] }
path "sys/leasehold/health"       { capabilities = ["read"] }
path "sys/leasehold/overview"     { capabilities = ["read"] }
path "sys/leasehold/jobs*"        { capabilities = ["read", "list"] }
path "sys/leasehold/views*"       { capabilities = ["create", "read", "list", "delete"] }
path "sys/leasehold/auth-roles"   { capabilities = ["read"] }
path "sys/leasehold/policies*"    { capabilities = ["read"] }

path "sys/policies/acl"           { capabilities = ["list"] }
path "sys/policies/acl/*"         { capabilities = ["read", "list"] }
path "sys/audit"                  { capabilities = ["read", "sudo"] }
path "sys/audit-hash/*"           { capabilities = ["update"] }

# Mounts and their roles.
path "sys/mounts"                 { capabilities = ["read"] }
path "sys/auth"                   { capabilities = ["read"] }
path "+/roles/*"                  { capabilities = ["read", "list"] }
path "+/+/roles/*"                { capabilities = ["read", "list"] }
path "auth/+/role/*"              { capabilities = ["read", "list"] }
path "auth/+/+/role/*"            { capabilities = ["read", "list"] }
path "auth/+/roles/*"             { capabilities = ["list"] }
path "auth/+/users/*"             { capabilities = ["list"] }
`,
};
