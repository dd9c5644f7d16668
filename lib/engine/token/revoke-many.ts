import type { Ports, TokenName } from "@/lib/engine/ports";

/** Tokens that end in one commit: nobody waits long for what it locks. */
const PAGE = 1_000;

/**
 * Ends tokens with all that hangs on them, a page at a time, until none is found.
 *
 * @param find the next ones, at most `limit`.
 * @param path what the log names as the place of it.
 */
export async function revokeMany(
  ports: Pick<Ports, "commit">,
  find: (limit: number) => Promise<readonly TokenName[]>,
  path: string,
): Promise<void> {
  for (;;) {
    const tokens = await find(PAGE);
    if (tokens.length === 0) return;
    await ports.commit(
      [
        {
          kind: "revoke_tokens",
          hmacs: tokens.map(({ hmac }) => hmac),
          orphanChildren: false,
          reason: "revoked",
        },
      ],
      {
        name: "token.revoked",
        path,
        detail: { accessors: tokens.map(({ accessor }) => accessor) },
      },
    );
    if (tokens.length < PAGE) return;
  }
}
