import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  readSignedRequest,
  type IamLoginInput,
  type SignedRequest,
  type SignedRequestRules,
} from "@/lib/engine/aws-auth/signed-request";

const BODY = "Action=GetCallerIdentity&Version=2011-06-15";
const SIGNED = "content-length;content-type;host;x-amz-date;x-vault-aws-iam-server-id";

function authorization(signed = SIGNED, scope = "20180910/us-east-1/sts/aws4_request"): string {
  return `AWS4-HMAC-SHA256 Credential=AKIAJPQ466AIIQW4LPSQ/${scope}, SignedHeaders=${signed}, Signature=cdef5819b2e97f1f`;
}

const HEADERS: Record<string, string[]> = {
  "Content-Length": ["43"],
  "Content-Type": ["application/x-www-form-urlencoded; charset=utf-8"],
  "User-Agent": ["aws-sdk-go/1.14.24"],
  "X-Amz-Date": ["20180910T203328Z"],
  "X-Vault-Aws-Iam-Server-Id": ["VaultAcceptanceTesting"],
  Authorization: [authorization()],
};

const PRESIGNED_QUERY =
  "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-SignedHeaders=host%3Bx-vault-aws-iam-server-id&X-Amz-Signature=fcc546046f263bee7cd58200efb476c66a7fe543e548aadfa467f3109e6a8192";
const PRESIGNED_HEADERS = { "X-Vault-AWS-IAM-Server-ID": ["vault.example.com"] };

function base64(text: string): string {
  return Buffer.from(text, "latin1").toString("base64");
}

function post(more: Partial<IamLoginInput> = {}): IamLoginInput {
  return {
    method: "POST",
    url: base64("https://sts.amazonaws.com/"),
    body: base64(BODY),
    headers: HEADERS,
    ...more,
  };
}

function get(
  query = PRESIGNED_QUERY,
  headers: IamLoginInput["headers"] = PRESIGNED_HEADERS,
): IamLoginInput {
  return {
    method: "GET",
    url: base64(`https://sts.amazonaws.com/?${query}`),
    body: undefined,
    headers,
  };
}

const ANY: SignedRequestRules = {
  serverId: "",
  allowedHeaders: [],
  stsEndpoint: "",
  useRegionOfClient: false,
};

function read(input: IamLoginInput, rules: Partial<SignedRequestRules> = {}): SignedRequest {
  return readSignedRequest(input, { ...ANY, ...rules });
}

/** The headers of `HEADERS` with some replaced; undefined takes one away. */
function headers(changes: Record<string, string[] | undefined>): Record<string, string[]> {
  const entries = Object.entries({ ...HEADERS, ...changes });
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string[]] => entry[1] !== undefined),
  );
}

describe("what a client signed goes on as it was signed", () => {
  test("A178 a signed POST", () => {
    const { forwarded, endpoint } = read(post(), { serverId: "VaultAcceptanceTesting" });

    expect(endpoint).toBe("https://sts.amazonaws.com");
    expect(forwarded).toEqual({
      method: "POST",
      target: "/",
      host: "sts.amazonaws.com",
      headers: [
        ["Content-Type", "application/x-www-form-urlencoded; charset=utf-8"],
        ["User-Agent", "aws-sdk-go/1.14.24"],
        ["X-Amz-Date", "20180910T203328Z"],
        ["X-Vault-Aws-Iam-Server-Id", "VaultAcceptanceTesting"],
        ["Authorization", authorization()],
      ],
      body: Buffer.from(BODY),
    });
  });

  test("A222 a presigned GET, its query byte for byte", () => {
    const { forwarded } = read(get(), { serverId: "vault.example.com" });

    expect(forwarded.target).toBe(`/?${PRESIGNED_QUERY}`);
    expect(forwarded.headers).toEqual([["X-Vault-Aws-Iam-Server-Id", "vault.example.com"]]);
    expect(forwarded.body).toBeNull();
  });

  test.each([
    ["A196", "https://sts.amazonaws.com", "sts.amazonaws.com"],
    ["B19", "https://STS.AMAZONAWS.COM/", "STS.AMAZONAWS.COM"],
    ["A242", "https://sts.eu-west-1.amazonaws.com/", "sts.eu-west-1.amazonaws.com"],
    ["A242", "https://sts.amazonaws.com:443/", "sts.amazonaws.com:443"],
  ])("%s %s is signed for %s", (_case, url, host) => {
    expect(read(post({ url: base64(url) })).forwarded.host).toBe(host);
  });

  test.each([
    ["A197", "http://localhost:4566/", "localhost:4566"],
    ["B13", "https://evil.example/", "evil.example"],
    ["B19", "https://sts.amazonaws.com./", "sts.amazonaws.com."],
  ])(
    "%s with an endpoint of its own, %s names the Host line and nothing else",
    (_case, url, host) => {
      const { forwarded, endpoint } = read(post({ url: base64(url) }), {
        stsEndpoint: "https://sts.internal.example",
      });

      expect(forwarded.host).toBe(host);
      expect(endpoint).toBe("https://sts.internal.example");
    },
  );

  test.each([
    ["A204", "Version=2011-06-15&Action=GetCallerIdentity"],
    ["A204", "Action=%47etCallerIdentity&Version="],
    ["B05", `${BODY}&`],
    ["B17", `${BODY}\r\n`],
  ])("%s body %j is not encoded again", (_case, body) => {
    expect(read(post({ body: base64(body) })).forwarded.body?.toString("latin1")).toBe(body);
  });

  test("B39 base64 may be broken into lines", () => {
    const encoded = base64(BODY).replace(/(.{20})/g, "$1\r\n");

    expect(read(post({ body: encoded })).forwarded.body?.toString()).toBe(BODY);
  });

  test("A216 several values of a header become one line", () => {
    const parts = authorization().split(", ");
    const split = headers({ Authorization: [parts[0] ?? "", parts.slice(1).join(", ")] });

    const { forwarded } = read(post({ headers: split }), { serverId: "VaultAcceptanceTesting" });

    expect(forwarded.headers).toContainEqual(["Authorization", authorization()]);
  });
});

describe("the first thing that is wrong is told", () => {
  test.each<[string, string, Partial<IamLoginInput>]>([
    ["A192", "missing iam_http_request_method", { method: "" }],
    ...["PUT", "post", "HEAD", "POST "].map((method): [string, string, Partial<IamLoginInput>] => [
      "A193 T2",
      "invalid iam_http_request_method; currently only 'GET' and 'POST' are supported",
      { method },
    ]),
    ["A194", "missing iam_request_url", { url: "" }],
    ["A195", "failed to base64 decode iam_request_url", { url: "%%%" }],
    [
      "A198",
      "invalid request",
      { url: base64("https://sts.amazonaws.com/?Action=GetCallerIdentity") },
    ],
    ["B16", "invalid request", { url: base64("https://sts.amazonaws.com/?") }],
    ["A199", "missing iam_request_body which is required for POST requests", { body: "" }],
    ["A200", "failed to base64 decode iam_request_body", { body: "%%%" }],
    ["A189", "missing iam_request_headers", { headers: {} }],
  ])("%s %s", (_case, text, change) => {
    expect(() => read(post(change))).toThrow(text);
  });

  test.each([
    "aHR0cHM6Ly9zdHMuYW1hem9uYXdzLmNvbS8",
    "aHR0cHM6Ly9zdHMuYW1hem9uYXdzLmNvbS9-fn4_",
    "aHR0cHM6Ly9zdHMuYW1hem9uYXdzLmNvbS8= ",
    "aHR0cHM6Ly9z dHMuYW1hem9uYXdzLmNvbS8=",
    "aHR0cHM6Ly9zdHMuYW1hem9uYXdzLmNvbS8==",
    "aHR0cHM6Ly9zdHMuYW1hem9uYXdzLmNvbS8=QQ==",
    "aHR0\u0000cHM6Ly9zdHMuYW1hem9uYXdzLmNvbS8=",
  ])("B39 T7 %j is not standard base64", (url) => {
    expect(() => read(post({ url }))).toThrow("failed to base64 decode iam_request_url");
  });

  test.each([
    "https://evil.example/",
    "https://sts.amazonaws.com.evil.example/",
    "https://evil-sts.amazonaws.com/",
    "https://sts.amazonaws.com./",
    "https://2130706433/",
    "https://0x7f000001/",
    "http://sts.amazonaws.com/",
    "https://sts.amazonaws.com:8443/",
  ])("T3 T4 without an endpoint of its own %s is refused", (url) => {
    expect(() => read(post({ url: base64(url) }))).toThrow("error parsing iam_request_url");
  });

  test.each([
    "https://sts.amazonaws.com@evil.example/",
    "https://evil.example#sts.amazonaws.com/",
    "https://evil.example\\@sts.amazonaws.com/",
    "https://sts.amazonaws.com:443:x/",
    "https://[::1]/",
    "https:///",
    "https://",
    "//sts.amazonaws.com/",
    "sts.amazonaws.com",
    "HTTPS://sts.amazonaws.com/",
    "foo:bar@evil.example/",
    "file:///etc/passwd",
    "gopher://sts.amazonaws.com/",
    "data:text/plain,x",
    "https://sts.amazonaws.com/../",
    "https://sts.amazonaws.com//evil",
    "https://sts.amazonaws.com/%2e%2e/",
    "https://sts.amazonaws.com/;x",
    "https://sts.amazonaws.com/foo",
    "https://sts.amazonaws.com/\r\nX: y",
    "https://sts.amazonaws.com/\t",
    "https://sts.amazonaws.com/\u0000",
    "https://sts.ama zonaws.com/",
    "https://sts%2eamazonaws.com/",
    "https://sts.amazonaws.com/\n",
    "https://\u00d1ts.amazonaws.com/",
    `https://${"a".repeat(8192)}/`,
  ])("T3 T4 T5 T13 even with an endpoint of its own %j is refused", (url) => {
    const rules = { stsEndpoint: "https://sts.internal.example" };

    expect(() => read(post({ url: base64(url) }), rules)).toThrow("error parsing iam_request_url");
  });

  test.each([
    ["A201", "Action=GetSessionToken&Version=2011-06-15"],
    ["A202", "Action=GetCallerIdentity&Action=GetCallerIdentity"],
    ["A203", "Action=GetCallerIdentity&Foo=1"],
    ["A205", "action=GetCallerIdentity"],
    ["A206", "Version=2011-06-15"],
    ["B01", "Action=AssumeRoleWithWebIdentity&RoleArn=x&WebIdentityToken=t&Version=2011-06-15"],
    ["B01", "Action=GetCallerIdentity%26Action%3DAssumeRole"],
    ["B04", "Action=GetCallerIdentity&action=AssumeRole"],
    ["B04", "Action=GetCallerIdentity&%41ction=GetCallerIdentity"],
    ["B05", `${BODY}&=x`],
    ["T8", `${BODY}&Version=2010-05-08`],
    ["T8", "Action=GetCallerIdentity\u0000"],
    ["T8", "Action=GetCallerIdentity "],
    ["T8", "&"],
  ])("%s T8 body %j is refused", (_case, body) => {
    expect(() => read(post({ body: base64(body) }))).toThrow("iam request body is invalid");
  });

  test.each([
    ["B04", "Action=GetCallerIdentity;Action=AssumeRole", "invalid semicolon separator in query"],
    ["B05", "Action=GetCallerIdentity&Version=%zz", `invalid URL escape "%zz"`],
    ["T8", "Action=GetCallerIdentity&Version=%4", `invalid URL escape "%4"`],
  ])("%s T8 the form parser's own text: %j", (_case, body, text) => {
    expect(() => read(post({ body: base64(body) }))).toThrow(text);
  });

  test.each([
    [
      "A226",
      PRESIGNED_QUERY.replace("Action=GetCallerIdentity&", ""),
      "no action found in request",
    ],
    [
      "A227",
      PRESIGNED_QUERY.replace("GetCallerIdentity", "GetSessionToken"),
      "unexpected action parameter, GetSessionToken",
    ],
    ["A228", `${PRESIGNED_QUERY}&Action=GetCallerIdentity`, "found multiple actions"],
    ["B04", PRESIGNED_QUERY.replace("Action=", "action="), "no action found in request"],
    ["B04", `${PRESIGNED_QUERY}&action=AssumeRole`, "invalid request query param: action"],
    ["A230", `${PRESIGNED_QUERY}&X-Amz-Expires=60`, "invalid request query param: X-Amz-Expires"],
    [
      "A231",
      PRESIGNED_QUERY.replace("X-Amz-Date", "x-amz-date"),
      "invalid request query param: x-amz-date",
    ],
    ["A232", `${PRESIGNED_QUERY}&RoleArn=x`, "invalid request query param: RoleArn"],
    ["B05", `${PRESIGNED_QUERY}&Version=2010-05-08`, "invalid request query param: Version"],
    [
      "B31",
      `${PRESIGNED_QUERY}&X-Amz-SignedHeaders=host`,
      "invalid request query param: X-Amz-SignedHeaders",
    ],
    [
      "B33",
      `${PRESIGNED_QUERY}&x-amz-credential=x`,
      "invalid request query param: x-amz-credential",
    ],
    [
      "T6",
      `${PRESIGNED_QUERY}&X-Amz-Security-Token=a&X-Amz-Security-Token=b`,
      "invalid request query param: X-Amz-Security-Token",
    ],
    ["T6", `${PRESIGNED_QUERY}&X-Amz-%44ate=x`, "invalid request query param: X-Amz-Date"],
    ["T6", `${PRESIGNED_QUERY}&a;b=c`, "error parsing iam_request_url"],
    ["T6", `${PRESIGNED_QUERY}&a=%zz`, "error parsing iam_request_url"],
    ["T6", `${PRESIGNED_QUERY}#x`, "error parsing iam_request_url"],
  ])("%s T6 query %s", (_case, query, text) => {
    expect(() => read(get(query))).toThrow(text);
  });

  test("A229 A230 what the operator allows passes", () => {
    expect(read(get(`${PRESIGNED_QUERY}&X-Amz-User-Agent=x`)).forwarded.target).toContain(
      "User-Agent=x",
    );
    expect(
      read(get(`${PRESIGNED_QUERY}&X-Amz-Expires=60`), { allowedHeaders: ["X-Amz-Expires"] })
        .forwarded.target,
    ).toContain("Expires=60");
  });
});

describe("the server id binds a request to this server", () => {
  const rules = { serverId: "Vault-Server" };
  const prefix = "error validating X-Vault-AWS-IAM-Server-ID header: ";

  function withId(
    values: string[] | undefined,
    more: Record<string, string[] | undefined> = {},
  ): IamLoginInput {
    return post({
      headers: headers({
        "X-Vault-Aws-Iam-Server-Id": undefined,
        ...(values && { "X-Vault-AWS-IAM-Server-ID": values }),
        ...more,
      }),
    });
  }

  test("A215 the right value, signed", () => {
    expect(read(withId(["Vault-Server"]), rules).forwarded.headers).toContainEqual([
      "X-Vault-Aws-Iam-Server-Id",
      "Vault-Server",
    ]);
  });

  test.each<[string, string[] | undefined, string]>([
    ["A212 T53", undefined, `missing header "X-Vault-AWS-IAM-Server-ID"`],
    ["T53", [""], `missing header "X-Vault-AWS-IAM-Server-ID"`],
    ["A213 T53", ["InvalidValue"], `expected "Vault-Server" but got "InvalidValue"`],
    ["T53", ["Vault-Serve"], `expected "Vault-Server" but got "Vault-Serve"`],
    ["A221 T53", ["vault-server"], `expected "Vault-Server" but got "vault-server"`],
    ["B29", [" Vault-Server"], `expected "Vault-Server" but got " Vault-Server"`],
    [
      "A219 T55",
      ["Vault-Server", "Vault-Server"],
      `expected "Vault-Server" but got "Vault-Server,Vault-Server"`,
    ],
    ["B25 T55", ["other", "Vault-Server"], `expected "Vault-Server" but got "other,Vault-Server"`],
  ])("%s value %j is refused", (_case, values, text) => {
    expect(() => read(withId(values), rules)).toThrow(prefix + text);
  });

  test.each<[string, string[] | undefined, string]>([
    [
      "A214 T54",
      [authorization("content-length;content-type;host;x-amz-date")],
      "vault header wasn't signed",
    ],
    [
      "B30 T54",
      [authorization(SIGNED.replace("x-vault-aws-iam-server-id", "X-Vault-AWS-IAM-Server-ID"))],
      "vault header wasn't signed",
    ],
    ["T54", [authorization("host;x-vault-aws-iam-server-id2")], "vault header wasn't signed"],
    [
      "T14",
      ["AWS4-HMAC-SHA256 Credential=AKIA/20180910/us-east-1/sts/aws4_request"],
      "vault header wasn't signed",
    ],
    ["A217", undefined, "missing Authorization header"],
    [
      "B26 T14",
      [`${authorization("host")}, SignedHeaders=x-vault-aws-iam-server-id`],
      "found multiple SignedHeaders components",
    ],
    [
      "B26 T14",
      [authorization("host"), "SignedHeaders=x-vault-aws-iam-server-id"],
      "found multiple SignedHeaders components",
    ],
    [
      "T14",
      [`${authorization()}, Credential=AKIAOTHER/20180910/us-east-1/sts/aws4_request`],
      "found multiple SignedHeaders components",
    ],
    ["T14", [`${authorization()}, signature=00`], "found multiple SignedHeaders components"],
  ])("%s Authorization %j is refused", (_case, values, text) => {
    expect(() => read(withId(["Vault-Server"], { Authorization: values }), rules)).toThrow(
      prefix + text,
    );
  });

  test.each([
    ["A223", {}, `missing header "X-Vault-AWS-IAM-Server-ID"`],
    ["A224", { "X-Vault-AWS-IAM-Server-ID": ["InvalidValue"] }, `but got "InvalidValue"`],
  ])("%s a presigned GET must carry it", (_case, given, text) => {
    const input = get(PRESIGNED_QUERY, { "X-Other": ["x"], ...given });

    expect(() => read(input, { serverId: "vault.example.com" })).toThrow(text);
  });

  test("A225 a presigned GET must have signed it", () => {
    const input = get(PRESIGNED_QUERY.replace("host%3Bx-vault-aws-iam-server-id", "host"));

    expect(() => read(input, { serverId: "vault.example.com" })).toThrow(
      "vault header wasn't signed",
    );
  });

  test("B32 a GET with two signatures is refused", () => {
    const input = get(PRESIGNED_QUERY, { ...PRESIGNED_HEADERS, Authorization: [authorization()] });

    expect(() => read(input, { serverId: "vault.example.com" })).toThrow(/^invalid request$/);
  });

  test("A220 without a configured value it is not looked at", () => {
    expect(read(withId(undefined)).endpoint).toBe("https://sts.amazonaws.com");
    expect(read(withId(["anything"])).endpoint).toBe("https://sts.amazonaws.com");
  });
});

describe("headers go on by allow list", () => {
  test.each(["X-Amz-Mallory-Header", "X-Amz-Target", "x-AMZ-foo"])(
    "A180 B35 T11 %s is refused",
    (name) => {
      expect(() => read(post({ headers: headers({ [name]: ["x"] }) }))).toThrow(
        /^invalid request header: X-Amz-(Mallory-Header|Target|Foo)$/,
      );
    },
  );

  test("A233 A234 allowed ones of AWS are sent", () => {
    const input = post({ headers: headers({ "x-amz-foo": ["1"], "X-Amz-Security-Token": ["t"] }) });

    const { forwarded } = read(input, { allowedHeaders: ["X-Amz-Foo"] });

    expect(forwarded.headers).toContainEqual(["X-Amz-Foo", "1"]);
    expect(forwarded.headers).toContainEqual(["X-Amz-Security-Token", "t"]);
  });

  test.each([
    ["B06", "Accept", "application/json"],
    ["B18 T12", "Host", "evil.example"],
    ["B36", "Transfer-Encoding", "chunked"],
    ["B36", "TE", "trailers"],
    ["B37", "Content-Length", "430"],
    ["B38", "Cookie", "a=b"],
    ["B38", "Proxy-Authorization", "Basic x"],
    ["B38", "X-Forwarded-For", "127.0.0.1"],
    ["T11", "Range", "bytes=0-1"],
  ])("%s T11 an unsigned %s is dropped", (_case, name, value) => {
    const { forwarded } = read(post({ headers: headers({ [name]: [value] }) }));

    expect(forwarded.headers.map(([sent]) => sent.toLowerCase())).not.toContain(name.toLowerCase());
  });

  test.each([
    "Upgrade",
    "Connection",
    "Transfer-Encoding",
    "Expect",
    "Cookie",
    "Proxy-Authorization",
    "Te",
  ])("B36 T11 a signed %s is refused", (name) => {
    const signed = authorization(`${SIGNED};${name.toLowerCase()}`);

    expect(() =>
      read(post({ headers: headers({ [name]: ["x"], Authorization: [signed] }) })),
    ).toThrow(`invalid request header: ${name}`);
  });

  test("B07 T11 a signed plain header is sent as data", () => {
    const signed = authorization(`accept;accept-encoding;${SIGNED}`);
    const input = post({
      headers: headers({
        Accept: ["application/json"],
        "accept-encoding": ["identity"],
        Authorization: [signed],
      }),
    });

    const { forwarded } = read(input);

    expect(forwarded.headers).toContainEqual(["Accept", "application/json"]);
    expect(forwarded.headers).toContainEqual(["Accept-Encoding", "identity"]);
  });

  test.each([
    ["B25 T10", "x-vault-aws-iam-server-id", "other"],
    ["B27 T10", "authorization", "SignedHeaders=x-vault-aws-iam-server-id"],
    ["T10", "X-AMZ-DATE", "20180910T203329Z"],
  ])("%s %s in a second spelling is refused", (_case, name, value) => {
    expect(() => read(post({ headers: headers({ [name]: [value] }) }))).toThrow(
      `duplicate header in iam_request_headers: "${name}"`,
    );
  });

  test.each([
    ["X-Other", "a\r\nX: y"],
    ["X-Other", "a\u0000b"],
    ["X-Other", "a\nb"],
    ["X-Other", "caf\u00e9"],
    ["X Other", "a"],
    [" X-Vault-AWS-IAM-Server-ID", "VaultAcceptanceTesting"],
    ["X-Vault-AW\u017f-IAM-Server-ID", "VaultAcceptanceTesting"],
    ["", "a"],
    ["X:Other", "a"],
  ])("B17 B28 B29 T13 header %j: %j is refused", (name, value) => {
    expect(() => read(post({ headers: headers({ [name]: [value] }) }))).toThrow(
      `invalid request header: ${name}`,
    );
  });

  test("B40 names of JavaScript's prototypes are names like others", () => {
    const raw: unknown = JSON.parse(`{"__proto__":["a"],"constructor":["b"]}`);
    const input = post({ headers: { ...headers({}), ...(raw as Record<string, string[]>) } });

    expect(read(input).forwarded.headers.map(([name]) => name)).not.toContain("Constructor");
  });

  test("T9 T14 more than fits is refused", () => {
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`X-${i}`, ["v"]]));

    expect(() => read(post({ headers: many }))).toThrow(/^invalid request header: X-64$/);
    expect(() => read(post({ headers: { "X-Long": ["x".repeat(16 * 1024)] } }))).toThrow(
      "invalid request header: X-Long",
    );
  });
});

describe("the endpoint", () => {
  const rules = { useRegionOfClient: true, stsEndpoint: "https://sts.internal.example" };

  test.each(["us-west-2", "us-east-1", "ap-northeast-3", "us-gov-east-1"])(
    "A237 A240 of region %s comes from the table, before any other",
    (region) => {
      const signed = authorization(SIGNED, `20230719/${region}/sts/aws4_request`);
      const input = post({ headers: headers({ Authorization: [signed] }) });

      expect(read(input, rules).endpoint).toBe(`https://sts.${region}.amazonaws.com`);
    },
  );

  test.each([
    ["A238", "this-is-an-invalid-header/foobar", "region missing from Authorization header"],
    [
      "A241",
      authorization(SIGNED, "20230719").replace("/20230719", "/20230719"),
      "region missing from Authorization header",
    ],
    [
      "A239",
      authorization(SIGNED, "20180910/fake-region-1/sts/aws4_request"),
      "unable to get regional STS endpoint for region: fake-region-1",
    ],
    [
      "B21",
      authorization(SIGNED, "20180910/x@evil.example/sts/aws4_request"),
      "unable to get regional STS endpoint for region: x@evil.example",
    ],
    [
      "B21",
      authorization(SIGNED, "20180910/../sts/aws4_request"),
      "unable to get regional STS endpoint for region: ..",
    ],
    [
      "B21",
      authorization(SIGNED, "20180910//sts/aws4_request"),
      "unable to get regional STS endpoint for region: ",
    ],
  ])("%s is not taken from %s", (_case, value, text) => {
    expect(() => read(post({ headers: headers({ Authorization: [value] }) }), rules)).toThrow(text);
  });

  test("A241 of a presigned GET comes from its query", () => {
    expect(read(get(), rules).endpoint).toBe("https://sts.us-east-1.amazonaws.com");
    expect(() => read(get(PRESIGNED_QUERY.replace("us-east-1", "fake-region-1")), rules)).toThrow(
      "unable to get regional STS endpoint for region: fake-region-1",
    );
  });
});

describe("one signature is one login", () => {
  test("T57 whatever AWS does not verify leaves its identity unchanged", () => {
    const id = read(post()).signatureId;
    const respelled = authorization()
      .replace(", Signature=", ",Signature= ")
      .replace("cdef", "CDEF");

    expect(read(post({ headers: headers({ "X-Other": ["x"] }) })).signatureId).toBe(id);
    expect(read(post({ headers: headers({ Authorization: [respelled] }) })).signatureId).toBe(id);
  });

  test("T57 another signature is another login", () => {
    const other = authorization().replace("cdef", "0000");

    expect(read(post({ headers: headers({ Authorization: [other] }) })).signatureId).not.toBe(
      read(post()).signatureId,
    );
    expect(read(get()).signatureId).not.toBe(read(post()).signatureId);
  });
});

test("T8 what passes as a body says the same to another parser", () => {
  const piece = fc.constantFrom(
    ...["Action", "Version", "action", "%41ction", "GetCallerIdentity", "Get", "=", "&", "&&", ";"],
    ...["%3D", "%26", "+", "%zz", "%", "\u0000", "2011-06-15", "RoleArn", "[", "]"],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const body = pieces.join("");
      try {
        read(post({ body: base64(body) }));
      } catch {
        return;
      }
      const other = new URLSearchParams(body);
      expect(other.getAll("Action")).toEqual(["GetCallerIdentity"]);
      expect([...other.keys()].every((key) => key === "Action" || key === "Version")).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test("T3 T5 what passes as a URL names the same host to another parser", () => {
  const piece = fc.constantFrom(
    ...["https://", "http://", "sts.amazonaws.com", "evil.example", "@", "#", "\\", "/", "//", "?"],
    ...[
      ":443",
      ":x",
      "\t",
      "\n",
      "%2e",
      "..",
      ";",
      "[::1]",
      "sts.us-east-1.amazonaws.com",
      "\u00e9",
    ],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const text = pieces.join("");
      let signed: SignedRequest;
      try {
        signed = read(post({ url: base64(text) }));
      } catch {
        return;
      }
      const other = new URL(text);
      expect(other.protocol).toBe("https:");
      expect(other.hostname).toBe(signed.forwarded.host.replace(/:443$/, "").toLowerCase());
      expect(other.pathname + other.search + other.hash + other.username).toBe("/");
    }),
    { numRuns: 2_000 },
  );
});
