/** Policies of the demo by name; an operator may change them, a later start leaves them alone. */
export const POLICIES: Readonly<Record<string, string>> = {
  admin: `# Runs the installation.
path "*" {
  capabilities = ["create", "read", "update", "patch", "delete", "list", "sudo"]
}
`,

  "on-call": `# Finds what runs and ends it. Reads no credential and changes no configuration.
path "sys/leasehold/leases*"          { capabilities = ["read", "list"] }
path "sys/leasehold/tokens*"          { capabilities = ["read", "list"] }
path "sys/leasehold/audit*"           { capabilities = ["read"] }
path "sys/leasehold/attempts*"        { capabilities = ["read"] }
path "sys/leasehold/validator"        { capabilities = ["read"] }
path "sys/leasehold/health"           { capabilities = ["read"] }
path "sys/leasehold/jobs*"            { capabilities = ["create", "read", "update", "list"] }
path "sys/leasehold/freezes*"         { capabilities = ["create", "read", "update", "list", "delete"] }
path "sys/leases"                     { capabilities = ["read", "list"] }
path "sys/leases/count"               { capabilities = ["read"] }
path "sys/leases/lookup*"             { capabilities = ["update", "list", "sudo"] }
path "sys/leases/revoke"              { capabilities = ["update"] }
path "sys/leases/revoke/*"            { capabilities = ["update"] }
path "sys/leases/revoke-prefix/*"     { capabilities = ["update", "sudo"] }
path "auth/token/lookup-accessor"     { capabilities = ["update"] }
path "auth/token/accessors/"          { capabilities = ["list", "sudo"] }
path "auth/token/revoke-accessor"     { capabilities = ["update"] }
`,

  auditor: `# Reads the log and the rules. Reads no credential and changes nothing.
path "sys/leasehold/leases*"          { capabilities = ["read", "list"] }
path "sys/leasehold/tokens*"          { capabilities = ["read", "list"] }
path "sys/leasehold/audit*"           { capabilities = ["read"] }
path "sys/leasehold/attempts*"        { capabilities = ["read"] }
path "sys/leasehold/history"          { capabilities = ["read"] }
path "sys/leasehold/validator"        { capabilities = ["read"] }
path "sys/leasehold/health"           { capabilities = ["read"] }
path "sys/policies/acl*"              { capabilities = ["read", "list"] }
path "sys/leasehold/policies*"        { capabilities = ["read"] }
path "sys/leasehold/auth-roles"       { capabilities = ["read"] }
path "sys/auth"                       { capabilities = ["read"] }
path "sys/mounts"                     { capabilities = ["read"] }
path "sys/audit"                      { capabilities = ["read", "sudo"] }
path "sys/audit-hash/*"               { capabilities = ["update"] }
path "auth/aws/role/*"                { capabilities = ["read", "list"] }
path "aws/roles/*"                    { capabilities = ["read", "list"] }
path "aws-production/roles/*"         { capabilities = ["read", "list"] }
`,

  ci: `# The build machines.
path "aws/creds/build-user"           { capabilities = ["read"] }
path "aws/creds/ci-upload"            { capabilities = ["read"] }
path "aws/creds/app-deploy"           { capabilities = ["read"] }
`,

  backup: `# The backup agents.
path "aws/creds/app-readonly"         { capabilities = ["read"] }
path "aws/creds/backup-session"       { capabilities = ["read"] }
`,

  orders: `# The services of the production account.
path "aws-production/creds/orders-data"    { capabilities = ["read"] }
path "aws-production/creds/nightly-export" { capabilities = ["read"] }
path "aws/creds/reports-user"              { capabilities = ["read"] }
`,
};
