/**
 * Policies for the three kinds of operators, to start from: written when the console is first set up,
 * theirs to change from then on.
 */
export const PRESET_POLICIES: Readonly<Record<"admin" | "on-call" | "auditor", string>> = {
  admin: `# Runs the installation. No path deletes entries of the audit log, for nobody.
path "*" {
  capabilities = ["create", "read", "update", "patch", "delete", "list", "sudo"]
}
`,

  "on-call": `# Finds what runs and ends it. Reads no credential and changes no configuration.
path "sys/leasehold/leases*"          { capabilities = ["read", "list"] }
path "sys/leasehold/tokens*"          { capabilities = ["read", "list"] }
path "sys/leasehold/audit*"           { capabilities = ["read"] }
path "sys/leasehold/views*"           { capabilities = ["create", "read", "update", "list", "delete"] }
path "sys/leasehold/attempts*"        { capabilities = ["read", "list"] }
path "sys/leasehold/validator"        { capabilities = ["read"] }
path "sys/leasehold/health"           { capabilities = ["read"] }
path "sys/leasehold/jobs*"            { capabilities = ["create", "read", "update", "list"] }
path "sys/leasehold/freezes*"         { capabilities = ["create", "read", "update", "list", "delete"] }
path "sys/leases/revoke"              { capabilities = ["update"] }
path "sys/leases/revoke/*"            { capabilities = ["update"] }
path "sys/leases/revoke-prefix/*"     { capabilities = ["update", "sudo"] }
path "auth/token/revoke-accessor"     { capabilities = ["update"] }
`,

  auditor: `# Reads the log and the rules. Reads no credential and changes nothing.
path "sys/leasehold/leases*"          { capabilities = ["read", "list"] }
path "sys/leasehold/tokens*"          { capabilities = ["read", "list"] }
path "sys/leasehold/audit*"           { capabilities = ["read"] }
path "sys/leasehold/views*"           { capabilities = ["create", "read", "update", "list", "delete"] }
path "sys/leasehold/attempts*"        { capabilities = ["read", "list"] }
path "sys/leasehold/history"          { capabilities = ["read"] }
path "sys/leasehold/validator"        { capabilities = ["read"] }
path "sys/leasehold/health"           { capabilities = ["read"] }
path "sys/policies/acl*"              { capabilities = ["read", "list"] }
path "sys/auth"                       { capabilities = ["read"] }
path "sys/mounts"                     { capabilities = ["read"] }
path "sys/audit"                      { capabilities = ["read", "sudo"] }
path "sys/audit-hash/*"               { capabilities = ["update"] }
path "auth/+/role/*"                  { capabilities = ["read", "list"] }
path "+/roles/*"                      { capabilities = ["read", "list"] }
`,
};
