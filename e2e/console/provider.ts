import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";
import { freePort } from "@/e2e/console/program";

/** A provider of OpenID Connect on loopback; whoever types a name there is that person. */
export type TestProvider = { issuer: string; stop(): Promise<void> };

export const CLIENT = { id: "leasehold", secret: "client-secret-of-the-test" } as const;

/** People and their groups; everybody else has none. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  dora: ["platform"],
  emil: ["/teams/on call"],
};

/** @param console where operators come from and go back to. */
export async function startProvider(console: string): Promise<TestProvider> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [`${console}/api/auth/callback/oidc`],
      },
    ],
    scopes: ["openid", "profile", "groups"],
    claims: {
      openid: ["sub"],
      profile: ["preferred_username"],
      groups: ["groups"],
    },
    findAccount: (_context, id) =>
      Promise.resolve({
        accountId: id,
        claims: () =>
          Promise.resolve({
            sub: `subject-of-${id}`,
            preferred_username: id,
            groups: GROUPS[id] ?? [],
          }),
      }),
    features: { devInteractions: { enabled: true } },
    cookies: { keys: ["of the test"] },
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", kid: "test" }] },
    pkce: { required: () => true },
  });
  const server = createServer(provider.callback());
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    issuer,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
