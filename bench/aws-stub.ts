import { createServer } from "node:http";
import { parseArgs } from "node:util";

/**
 * STS and IAM for measurements: well-formed answers at the least cost, no judgement. It does not look
 * at signatures and remembers of a user what its removal will ask for.
 */
const ACCOUNT = "123456789012";
const FLEET_ROLE = "bench-app";
const STS_SPACE = "https://sts.amazonaws.com/doc/2011-06-15/";
const IAM_SPACE = "https://iam.amazonaws.com/doc/2010-05-08/";
const CREATED = "2026-01-01T00:00:00Z";
const DEFAULT_SECONDS = 3600;
/** As long as those of AWS. */
const SESSION_TOKEN = "IQoJb3JpZ2luX2VjE".padEnd(860, "x");

type Parameters = URLSearchParams;
type StubUser = { keys: string[]; inline: string[]; attached: string[]; groups: string[] };

const users = new Map<string, StubUser>();
let serial = 0;

const nextSerial = (): string => String(++serial).padStart(16, "0");
const tag = (name: string, value: string): string => `<${name}>${value}</${name}>`;
const members = (values: readonly string[], wrap: (value: string) => string): string =>
  values.map((value) => tag("member", wrap(value))).join("");
const listed = (name: string, items: string): string =>
  `${tag(name, items)}<IsTruncated>false</IsTruncated>`;

/** The XML inside `<…Result>`; empty: the answer has none. */
type Action = (parameters: Parameters, credential: string) => string;

const ACTIONS: Readonly<Record<string, Action>> = {
  GetCallerIdentity: (_parameters, credential) => callerIdentity(credential),
  AssumeRole: (parameters) => {
    const role = (parameters.get("RoleArn") ?? "").split("/").at(-1) ?? "";
    const session = parameters.get("RoleSessionName") ?? "";
    const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${session}`;
    const user = tag("AssumedRoleId", `AROABENCHTARGET00001:${session}`) + tag("Arn", arn);
    return sessionOf(parameters) + tag("AssumedRoleUser", user);
  },
  GetFederationToken: (parameters) => {
    const name = parameters.get("Name") ?? "";
    const arn = `arn:aws:sts::${ACCOUNT}:federated-user/${name}`;
    const user = tag("FederatedUserId", `${ACCOUNT}:${name}`) + tag("Arn", arn);
    return sessionOf(parameters) + tag("FederatedUser", user);
  },
  GetSessionToken: (parameters) => sessionOf(parameters),
  CreateUser: (parameters) => {
    const name = nameOf(parameters);
    users.set(name, { keys: [], inline: [], attached: [], groups: [] });
    return describeUser(name);
  },
  GetUser: (parameters) => describeUser(nameOf(parameters)),
  DeleteUser: (parameters) => {
    users.delete(nameOf(parameters));
    return "";
  },
  CreateAccessKey: (parameters) => {
    const id = nextSerial();
    userOf(parameters).keys.push(`AKIA${id}`);
    return tag(
      "AccessKey",
      `${tag("UserName", nameOf(parameters))}${tag("AccessKeyId", `AKIA${id}`)}<Status>Active</Status>${tag("SecretAccessKey", `wJalrXUtnFEMI/bPxRfiCY${id}`)}${tag("CreateDate", CREATED)}`,
    );
  },
  DeleteAccessKey: (parameters) => remove(parameters, "keys", "AccessKeyId"),
  ListAccessKeys: (parameters) =>
    listed(
      "AccessKeyMetadata",
      members(
        userOf(parameters).keys,
        (id) => `${tag("AccessKeyId", id)}<Status>Active</Status>${tag("CreateDate", CREATED)}`,
      ),
    ),
  PutUserPolicy: (parameters) => add(parameters, "inline", "PolicyName"),
  DeleteUserPolicy: (parameters) => remove(parameters, "inline", "PolicyName"),
  ListUserPolicies: (parameters) =>
    listed(
      "PolicyNames",
      members(userOf(parameters).inline, (name) => name),
    ),
  AttachUserPolicy: (parameters) => add(parameters, "attached", "PolicyArn"),
  DetachUserPolicy: (parameters) => remove(parameters, "attached", "PolicyArn"),
  ListAttachedUserPolicies: (parameters) =>
    listed(
      "AttachedPolicies",
      members(
        userOf(parameters).attached,
        (arn) => `<PolicyName>p</PolicyName>${tag("PolicyArn", arn)}`,
      ),
    ),
  AddUserToGroup: (parameters) => add(parameters, "groups", "GroupName"),
  RemoveUserFromGroup: (parameters) => remove(parameters, "groups", "GroupName"),
  ListGroupsForUser: (parameters) =>
    listed(
      "Groups",
      members(
        userOf(parameters).groups,
        (name) =>
          `<Path>/</Path>${tag("GroupName", name)}<GroupId>AGPABENCH00000000001</GroupId>${tag("Arn", `arn:aws:iam::${ACCOUNT}:group/${name}`)}${tag("CreateDate", CREATED)}`,
      ),
    ),
};

/** A workload whose name ends its access key id, or the server's own user. */
function callerIdentity(credential: string): string {
  const keyId = /(?:^|=)(\w+)\//.exec(credential)?.[1] ?? "";
  const session = `i-${keyId.slice(16)}`;
  const [arn, id] = keyId.startsWith("ASIA")
    ? [`sts::${ACCOUNT}:assumed-role/${FLEET_ROLE}/${session}`, `AROABENCHFLEET000001:${session}`]
    : [`iam::${ACCOUNT}:user/bench-root`, "AIDABENCHROOT0000001"];
  return tag("Arn", `arn:aws:${arn}`) + tag("UserId", id) + tag("Account", ACCOUNT);
}

function sessionOf(parameters: Parameters): string {
  const id = nextSerial();
  const seconds = Number(parameters.get("DurationSeconds") ?? DEFAULT_SECONDS);
  const expires = new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+/, "");
  return tag(
    "Credentials",
    `${tag("AccessKeyId", `ASIA${id}`)}${tag("SecretAccessKey", `wJalrXUtnFEMI/bPxRfiCY${id}`)}${tag("SessionToken", SESSION_TOKEN + id)}${tag("Expiration", expires)}`,
  );
}

function nameOf(parameters: Parameters): string {
  return parameters.get("UserName") ?? "bench-root";
}

function userOf(parameters: Parameters): StubUser {
  return users.get(nameOf(parameters)) ?? { keys: [], inline: [], attached: [], groups: [] };
}

function describeUser(name: string): string {
  const id = `AIDA${Buffer.from(name).toString("hex").slice(-16).toUpperCase().padStart(16, "0")}`;
  return tag(
    "User",
    `<Path>/</Path>${tag("UserName", name)}${tag("UserId", id)}${tag("Arn", `arn:aws:iam::${ACCOUNT}:user/${name}`)}${tag("CreateDate", CREATED)}`,
  );
}

function add(parameters: Parameters, list: keyof StubUser, field: string): string {
  userOf(parameters)[list].push(parameters.get(field) ?? "");
  return "";
}

function remove(parameters: Parameters, list: keyof StubUser, field: string): string {
  const user = userOf(parameters);
  user[list] = user[list].filter((value) => value !== parameters.get(field));
  return "";
}

function answer(body: string, authorization: string): string {
  const parameters = new URLSearchParams(body);
  const action = parameters.get("Action") ?? "";
  const result = ACTIONS[action]?.(parameters, authorization) ?? "";
  const space = parameters.get("Version") === "2011-06-15" ? STS_SPACE : IAM_SPACE;
  return `<${action}Response xmlns="${space}">${result === "" ? "" : tag(`${action}Result`, result)}<ResponseMetadata><RequestId>00000000-0000-4000-8000-000000000000</RequestId></ResponseMetadata></${action}Response>`;
}

const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } });
const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (chunk: string) => (body += chunk));
  request.on("end", () => {
    const xml = answer(body, request.headers.authorization ?? "");
    response.writeHead(200, { "content-type": "text/xml", "content-length": String(xml.length) });
    response.end(xml);
  });
});
server.keepAliveTimeout = 65_000;
server.listen(Number(values.port), "127.0.0.1");
