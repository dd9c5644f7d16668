import { expect, test } from "vitest";
import { issueCode, mountCode, roleCode, rootCode } from "@/lib/console/secrets-code";
import { EMPTY_ROLE } from "@/lib/console/secrets-roles";

const MOUNT = {
  path: "aws/",
  accessor: "aws_0",
  description: "",
  tunedDefaultSeconds: 0,
  tunedMaxSeconds: 3600,
};
const ROOT = {
  access_key: "AKIAEXAMPLE",
  region: "us-east-1",
  iam_endpoint: "",
  sts_endpoint: "",
  sts_region: "",
  sts_fallback_endpoints: [],
  sts_fallback_regions: [],
  max_retries: -1,
  username_template: "",
};

test("a role as Terraform keeps what looks like HCL's templates as text, and leaves out what is empty", () => {
  const role = {
    ...EMPTY_ROLE,
    credential_type: "iam_user",
    policy_document: '{"Resource":"arn:aws:s3:::b/${aws:username}"}',
    iam_tags: { team: "a" },
    default_sts_ttl: 900,
  };

  expect(roleCode(MOUNT, "app", role).terraform).toBe(
    [
      'resource "vault_aws_secret_backend_role" "app" {',
      '  backend         = "aws"',
      '  name            = "app"',
      '  credential_type = "iam_user"',
      '  policy_document = "{\\"Resource\\":\\"arn:aws:s3:::b/$${aws:username}\\"}"',
      '  iam_tags        = {\n    "team" = "a"\n  }',
      "}",
    ].join("\n"),
  );
});

test("a role with a map is written as a document, and one call says it all", () => {
  const { vault, curl } = roleCode(MOUNT, "app", {
    ...EMPTY_ROLE,
    role_arns: ["arn:aws:iam::111111111111:role/app"],
    session_tags: { team: "a" },
  });

  expect(vault).toContain("vault write aws/roles/app - <<'EOF'");
  expect(curl).toContain('"session_tags":{"team":"a"}');
});

test("the secret of a root credential is a variable", () => {
  const { vault, terraform } = rootCode(MOUNT, ROOT);

  expect(vault).toContain("access_key=AKIAEXAMPLE");
  expect(vault).toContain("secret_key='$AWS_SECRET_ACCESS_KEY'");
  expect(terraform).toContain("secret_key = var.aws_secret_access_key");
});

test("a mount tells its tuning and its lease configuration", () => {
  const { vault } = mountCode(MOUNT, null, { lease: "1h0m0s", lease_max: "2h0m0s" });

  expect(vault).toContain('"max_lease_ttl": "3600"');
  expect(vault).toContain("vault write aws/config/lease lease=1h0m0s lease_max=2h0m0s");
});

test("issuing is a read", () => {
  expect(issueCode(MOUNT, "app", { ttl: "900" }).vault).toBe("vault read aws/creds/app ttl=900");
});
