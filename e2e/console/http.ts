import { request as httpRequest } from "node:http";

export type Answer = {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
};

type Saying = {
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer;
};

/** A request as it is told, without what browsers and fetch would add or refuse. */
export function say(url: string, target: string, saying: Saying = {}): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const { method = "GET", headers = {}, body } = saying;
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      {
        hostname,
        port,
        method,
        path: target,
        headers: {
          ...(body !== undefined && { "content-length": String(Buffer.byteLength(body)) }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Signs in without a browser. @returns the value for a `cookie` header. */
export async function cookieFor(
  url: string,
  way: "userpass" | "token",
  proof: Readonly<Record<string, string>>,
  facing: Readonly<Record<string, string>> = {},
): Promise<{ cookie: string; setCookies: string[]; location: string }> {
  const origin = facing["origin"] ?? url;
  const csrf = await say(url, "/api/auth/csrf", { headers: facing });
  const { csrfToken } = JSON.parse(csrf.body) as { csrfToken: string };
  const sent = await say(url, `/api/auth/callback/${way}`, {
    method: "POST",
    headers: {
      ...facing,
      origin,
      cookie: pairsOf(csrf),
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams({ ...proof, csrfToken, callbackUrl: "/", json: "true" }).toString(),
  });
  const { url: location } = JSON.parse(sent.body) as { url: string };
  return { cookie: pairsOf(sent), setCookies: setCookiesOf(sent), location };
}

export function setCookiesOf({ headers }: Answer): string[] {
  const header = headers["set-cookie"];
  return header === undefined ? [] : [header].flat();
}

function pairsOf(answer: Answer): string {
  return setCookiesOf(answer)
    .map((cookie) => cookie.split(";")[0] ?? "")
    .filter((pair) => !pair.endsWith("="))
    .join("; ");
}
