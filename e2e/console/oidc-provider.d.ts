/** As much of the package as the tests use; it brings no types. */
declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  type Claims = Record<string, unknown> & { sub: string };

  export default class Provider {
    constructor(
      issuer: string,
      configuration: {
        clients: readonly Record<string, unknown>[];
        claims: Readonly<Record<string, readonly string[]>>;
        findAccount(
          context: unknown,
          id: string,
        ): Promise<{ accountId: string; claims(): Promise<Claims> }>;
        features?: Record<string, { enabled: boolean }>;
        cookies?: { keys: readonly string[] };
        jwks?: { keys: readonly unknown[] };
        conformIdTokenClaims?: boolean;
        pkce?: { required(): boolean };
        scopes?: readonly string[];
      },
    );
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
  }
}
