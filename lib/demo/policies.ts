/** Policies of the demo's workloads by name; those of operators come with the installation. */
export const POLICIES: Readonly<Record<string, string>> = {
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
