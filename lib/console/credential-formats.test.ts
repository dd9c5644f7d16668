import { expect, test } from "vitest";
import { formatCredential } from "@/lib/console/credential-formats";

const SESSION = {
  accessKeyId: "ASIAEXAMPLE",
  secretAccessKey: "s/+ecret",
  sessionToken: "t0ken==",
  endsAt: "2030-01-01T00:00:00.000Z",
};
const USER = { ...SESSION, accessKeyId: "AKIAEXAMPLE", sessionToken: "", endsAt: "" };

test.each([
  [
    "bash",
    "export AWS_ACCESS_KEY_ID='ASIAEXAMPLE'\nexport AWS_SECRET_ACCESS_KEY='s/+ecret'\nexport AWS_SESSION_TOKEN='t0ken=='",
  ],
  [
    "powershell",
    "$Env:AWS_ACCESS_KEY_ID = 'ASIAEXAMPLE'\n$Env:AWS_SECRET_ACCESS_KEY = 's/+ecret'\n$Env:AWS_SESSION_TOKEN = 't0ken=='",
  ],
  [
    "profile",
    "[app]\naws_access_key_id = ASIAEXAMPLE\naws_secret_access_key = s/+ecret\naws_session_token = t0ken==",
  ],
  [
    "process",
    '{"Version":1,"AccessKeyId":"ASIAEXAMPLE","SecretAccessKey":"s/+ecret","SessionToken":"t0ken==","Expiration":"2030-01-01T00:00:00.000Z"}',
  ],
] as const)("a session as %s", (format, expected) => {
  expect(formatCredential(SESSION, format, "app")).toBe(expected);
});

test("an IAM user's key has neither session token nor end", () => {
  expect(formatCredential(USER, "process", "app")).toBe(
    '{"Version":1,"AccessKeyId":"AKIAEXAMPLE","SecretAccessKey":"s/+ecret"}',
  );
  expect(formatCredential(USER, "bash", "app")).not.toContain("SESSION_TOKEN");
});
