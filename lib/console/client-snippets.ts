import { hclText } from "@/lib/console/terraform";

/** What clients have to know of a mount. Empty: not asked for. */
export type ClientFacts = {
  /** Without `auth/` and without its last slash. */
  mount: string;
  role: string;
  serverId: string;
  region: string;
};

export type Snippet = { id: string; label: string; text: string };

/** How clients log in through a mount, filled in with its values. Addresses are variables. */
export function clientSnippets(facts: ClientFacts): Snippet[] {
  return [
    { id: "vault", label: "vault CLI", text: vaultCli(facts) },
    { id: "agent", label: "Vault Agent", text: vaultAgent(facts) },
    { id: "hvac", label: "hvac (Python)", text: hvac(facts) },
    { id: "node-vault", label: "node-vault", text: nodeVault(facts) },
    { id: "terraform", label: "Terraform", text: terraformProvider(facts) },
  ];
}

/** @see https://developer.hashicorp.com/vault/docs/auth/aws#via-the-cli */
function vaultCli({ mount, role, serverId, region }: ClientFacts): string {
  const lines = [
    "vault login -method=aws",
    ...(mount === "aws" ? [] : [`-path=${shell(mount)}`]),
    `role=${shell(role)}`,
    ...(serverId === "" ? [] : [`header_value=${shell(serverId)}`]),
    ...(region === "" ? [] : [`region=${shell(region)}`]),
  ];
  return `# VAULT_ADDR names this server.\n${lines.join(" \\\n  ")}`;
}

/** @see https://developer.hashicorp.com/vault/docs/agent-and-proxy/autoauth/methods/aws */
function vaultAgent({ mount, role, serverId, region }: ClientFacts): string {
  const config = [
    `      type = "iam"`,
    `      role = ${hclText(role)}`,
    ...(serverId === "" ? [] : [`      header_value = ${hclText(serverId)}`]),
    ...(region === "" ? [] : [`      region = ${hclText(region)}`]),
  ];
  return `auto_auth {
  method "aws" {
    mount_path = ${hclText(`auth/${mount}`)}
    config = {
${config.join("\n")}
    }
  }

  sink "file" {
    config = {
      path = "/run/vault/token"
    }
  }
}`;
}

/** @see https://hvac.readthedocs.io/en/stable/usage/auth_methods/aws.html */
function hvac({ mount, role, serverId, region }: ClientFacts): string {
  return `import os

import boto3
import hvac

keys = boto3.Session().get_credentials().get_frozen_credentials()
client = hvac.Client(url=os.environ["VAULT_ADDR"])
client.auth.aws.iam_login(
    access_key=keys.access_key,
    secret_key=keys.secret_key,
    session_token=keys.token,
    role=${JSON.stringify(role)},
    mount_point=${JSON.stringify(mount)},${serverId === "" ? "" : `\n    header_value=${JSON.stringify(serverId)},`}${region === "" ? "" : `\n    region=${JSON.stringify(region)},`}
)`;
}

/** @see https://www.npmjs.com/package/node-vault */
function nodeVault({ mount, role, serverId, region }: ClientFacts): string {
  const host = region === "" ? "sts.amazonaws.com" : `sts.${region}.amazonaws.com`;
  const signed = [
    `    host: ${JSON.stringify(host)},`,
    `    "content-type": "application/x-www-form-urlencoded; charset=utf-8",`,
    ...(serverId === "" ? [] : [`    "X-Vault-AWS-IAM-Server-ID": ${JSON.stringify(serverId)},`]),
  ];
  return `import { Sha256 } from "@aws-crypto/sha256-js";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import { SignatureV4 } from "@smithy/signature-v4";
import vault from "node-vault";

const body = "Action=GetCallerIdentity&Version=2011-06-15";
const signer = new SignatureV4({
  credentials: fromNodeProviderChain(),
  region: ${JSON.stringify(region === "" ? "us-east-1" : region)},
  service: "sts",
  sha256: Sha256,
});
const { headers } = await signer.sign({
  method: "POST",
  protocol: "https:",
  hostname: ${JSON.stringify(host)},
  path: "/",
  headers: {
${signed.join("\n")}
  },
  body,
});

const base64 = (text) => Buffer.from(text).toString("base64");
const client = vault({ endpoint: process.env.VAULT_ADDR });
await client.awsIamLogin({
  mount_point: ${JSON.stringify(mount)},
  role: ${JSON.stringify(role)},
  iam_http_request_method: "POST",
  iam_request_url: base64(${JSON.stringify(`https://${host}/`)}),
  iam_request_body: base64(body),
  iam_request_headers: base64(JSON.stringify(headers)),
});`;
}

/** @see https://registry.terraform.io/providers/hashicorp/vault/latest/docs#aws */
function terraformProvider({ mount, role, serverId, region }: ClientFacts): string {
  const lines = [
    `    role = ${hclText(role)}`,
    ...(mount === "aws" ? [] : [`    mount = ${hclText(mount)}`]),
    ...(serverId === "" ? [] : [`    header_value = ${hclText(serverId)}`]),
    ...(region === "" ? [] : [`    aws_region = ${hclText(region)}`]),
  ];
  return `provider "vault" {
  # The address is taken from VAULT_ADDR.
  auth_login_aws {
${lines.join("\n")}
  }
}`;
}

function shell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
