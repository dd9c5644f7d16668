// A scripted stand-in for AWS STS and IAM (query protocol, XML), for replaying cases against any
// server that can be pointed at it. It judges nothing: no signature, no policy. It answers by rules,
// records every call, and remembers only which IAM users and keys it handed out. The strict stand-in
// is lib/aws-simulator.
import http from "node:http";

const RESULT_NAMESPACE = {
  sts: "https://sts.amazonaws.com/doc/2011-06-15/",
  iam: "https://iam.amazonaws.com/doc/2010-05-08/",
};
const ACCOUNT = "123456789012";
const REQUEST_ID = "00000000-0000-4000-8000-000000000000";
const CREATED = "2026-01-01T00:00:00Z";
const DURATION_SECONDS_DEFAULT = 3600;
const LAST_PAGE = { IsTruncated: false };

/**
 * Starts a stub on a free loopback port. `setRules` replaces the rules; `takeCalls` gives the calls
 * so far and forgets them.
 */
export async function startAwsStub(rules = []) {
  const stub = { rules: prepare(rules), calls: [], users: new Map(), serial: 0 };
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () =>
      answer(stub, request, Buffer.concat(chunks).toString("utf8"), response),
    );
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    setRules(next) {
      stub.rules = prepare(next);
    },
    takeCalls: () => stub.calls.splice(0),
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function prepare(rules) {
  return rules.map((rule) => ({ ...rule, left: rule.times ?? Infinity }));
}

function answer(stub, request, body, response) {
  const call = readCall(request, body);
  stub.calls.push(call);
  const rule = stub.rules.find((candidate) => fits(candidate, call));
  if (rule !== undefined) rule.left -= 1;
  const reply = rule?.reply ?? defaultReply(stub, call);
  setTimeout(() => send(response, call, reply), reply.delayMs ?? 0);
}

function readCall(request, body) {
  const { searchParams, search } = new URL(`http://stub${request.url}`);
  const params = Object.fromEntries([...searchParams, ...new URLSearchParams(body)]);
  const signer = request.headers.authorization ?? params["X-Amz-Credential"] ?? "";
  const scope = /(?:Credential=|^)([^/= ]+)\/\d{8}\/([^/]+)\/([^/]+)\//.exec(signer) ?? [];
  const [, accessKey, region, service] = scope;
  const unsigned = /Version=2010-05-08/.test(search + body) ? "iam" : "sts";
  return {
    action: params.Action ?? "",
    service: service ?? unsigned,
    region,
    accessKey,
    headerLines: linesOf(request.rawHeaders),
    params,
    method: request.method,
    path: request.url,
    headers: request.headers,
    body,
  };
}

function linesOf(rawHeaders) {
  return rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1]}`] : []));
}

function fits(rule, call) {
  const wanted = ["action", "service", "accessKey"].filter((name) => rule[name]);
  return (
    rule.left > 0 &&
    wanted.every((name) => rule[name] === call[name]) &&
    Object.entries(rule.match ?? {}).every(([name, value]) => call.params[name] === value)
  );
}

function send(response, { service, action }, reply) {
  if (reply.hangUp) {
    response.destroy();
  } else if (reply.raw) {
    response.writeHead(reply.raw.status ?? 200, {
      "content-type": "text/xml",
      ...reply.raw.headers,
    });
    response.end(reply.raw.body ?? "");
  } else {
    const { status = 400 } = reply.error ?? { status: 200 };
    response.writeHead(status, { "content-type": "text/xml", "x-amzn-requestid": REQUEST_ID });
    const namespace = RESULT_NAMESPACE[service] ?? "";
    response.end(
      reply.error ? errorXml(reply.error, namespace) : resultXml(action, reply, namespace),
    );
  }
}

function errorXml({ status = 400, code, message = code, type }, namespace) {
  const blame = type ?? (status >= 500 ? "Receiver" : "Sender");
  const error = toXml({ Type: blame, Code: code, Message: message });
  return `<ErrorResponse xmlns="${namespace}"><Error>${error}</Error><RequestId>${REQUEST_ID}</RequestId></ErrorResponse>`;
}

function resultXml(action, { identity, result }, namespace) {
  const content = identity === undefined ? result : identityResult(identity);
  const inner = content ? `<${action}Result>${toXml(content)}</${action}Result>` : "";
  return `<${action}Response xmlns="${namespace}">${inner}<ResponseMetadata><RequestId>${REQUEST_ID}</RequestId></ResponseMetadata></${action}Response>`;
}

function identityResult({ arn, userId, account = arn.split(":")[4] }) {
  return { Arn: arn, UserId: userId, Account: account };
}

function toXml(value) {
  if (Array.isArray(value)) {
    return value.map((entry) => `<member>${toXml(entry)}</member>`).join("");
  }
  if (value !== null && typeof value === "object") {
    return Object.entries(value)
      .map(([name, entry]) => `<${name}>${toXml(entry)}</${name}>`)
      .join("");
  }
  return escapeXml(String(value));
}

function escapeXml(text) {
  return text.replace(/[<>&]/g, (c) => ({ "<": "&lt;", ">": "&gt;", "&": "&amp;" })[c]);
}

/** What AWS would answer when all is well. Ids are counted, so that answers are repeatable. */
function defaultReply(stub, { action, params }) {
  stub.serial += 1;
  const n = String(stub.serial).padStart(4, "0");
  const read = DEFAULT_REPLIES[action];
  return read === undefined
    ? {}
    : read({ stub, params, n, userName: params.UserName ?? "vault-root" });
}

const DEFAULT_REPLIES = {
  GetCallerIdentity: () => ({
    identity: {
      arn: `arn:aws:iam::${ACCOUNT}:user/vault-root`,
      userId: "AIDASTUBROOT",
      account: ACCOUNT,
    },
  }),
  AssumeRole: ({ params, n }) => {
    const { RoleArn: arn = "", RoleSessionName: session } = params;
    const assumed = `assumed-role/${arn.split("/").at(-1)}/${session}`;
    return {
      result: {
        Credentials: credentials(params, n),
        AssumedRoleUser: {
          AssumedRoleId: `AROASTUB:${session}`,
          Arn: `arn:aws:sts::${arn.split(":")[4]}:${assumed}`,
        },
        PackedPolicySize: 6,
      },
    };
  },
  GetFederationToken: ({ params, n }) => ({
    result: {
      Credentials: credentials(params, n),
      FederatedUser: {
        Arn: `arn:aws:sts::${ACCOUNT}:federated-user/${params.Name}`,
        FederatedUserId: `${ACCOUNT}:${params.Name}`,
      },
      PackedPolicySize: 6,
    },
  }),
  GetSessionToken: ({ params, n }) => ({ result: { Credentials: credentials(params, n) } }),
  CreateUser: ({ stub, params, n, userName }) => {
    stub.users.set(userName, []);
    return { result: { User: user(params, n, userName) } };
  },
  GetUser: ({ params, n, userName }) => ({ result: { User: user(params, n, userName) } }),
  GetRole: ({ params: { RoleName: name } }) => ({
    result: {
      Role: {
        Path: "/",
        RoleName: name,
        RoleId: `AROASTUB${name}`,
        Arn: `arn:aws:iam::${ACCOUNT}:role/${name}`,
        CreateDate: CREATED,
        MaxSessionDuration: DURATION_SECONDS_DEFAULT,
        AssumeRolePolicyDocument: encodeURIComponent("{}"),
      },
    },
  }),
  GetInstanceProfile: ({ params: { InstanceProfileName: name }, n }) => ({
    result: {
      InstanceProfile: {
        Path: "/",
        InstanceProfileName: name,
        InstanceProfileId: `AIPASTUB${n}`,
        Arn: `arn:aws:iam::${ACCOUNT}:instance-profile/${name}`,
        CreateDate: CREATED,
        Roles: [],
      },
    },
  }),
  CreateAccessKey: ({ stub, n, userName }) => {
    const key = {
      UserName: userName,
      AccessKeyId: `AKIASTUB${n.padStart(12, "0")}`,
      Status: "Active",
      SecretAccessKey: `secret-${n}`,
      CreateDate: CREATED,
    };
    stub.users.set(userName, [...keysOf(stub, userName), key]);
    return { result: { AccessKey: key } };
  },
  DeleteAccessKey: ({ stub, params, userName }) => {
    const left = keysOf(stub, userName).filter((key) => key.AccessKeyId !== params.AccessKeyId);
    stub.users.set(userName, left);
    return {};
  },
  ListAccessKeys: ({ stub, userName }) => ({
    result: {
      AccessKeyMetadata: keysOf(stub, userName).map(({ SecretAccessKey: _, ...key }) => key),
      ...LAST_PAGE,
    },
  }),
  DeleteUser: ({ stub, userName }) => {
    stub.users.delete(userName);
    return {};
  },
  ListGroupsForUser: () => ({ result: { Groups: [], ...LAST_PAGE } }),
  ListAttachedUserPolicies: () => ({ result: { AttachedPolicies: [], ...LAST_PAGE } }),
  ListAttachedGroupPolicies: () => ({ result: { AttachedPolicies: [], ...LAST_PAGE } }),
  ListUserPolicies: () => ({ result: { PolicyNames: [], ...LAST_PAGE } }),
  ListGroupPolicies: () => ({ result: { PolicyNames: [], ...LAST_PAGE } }),
};

function keysOf(stub, userName) {
  return stub.users.get(userName) ?? [];
}

function user({ Path: path = "/" }, n, userName) {
  return {
    Path: path,
    UserName: userName,
    UserId: `AIDASTUB${n}`,
    Arn: `arn:aws:iam::${ACCOUNT}:user${path}${userName}`,
    CreateDate: CREATED,
  };
}

function credentials({ DurationSeconds: seconds = DURATION_SECONDS_DEFAULT }, n) {
  return {
    AccessKeyId: `ASIASTUB${n.padStart(12, "0")}`,
    SecretAccessKey: `secret-${n}`,
    SessionToken: `session-token-${n}`,
    Expiration: new Date(Date.now() + Number(seconds) * 1000).toISOString().replace(/\.\d+/, ""),
  };
}
