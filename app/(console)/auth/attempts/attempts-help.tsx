"use client";

/** What an attempt is, and how one gets from a refusal to its cause. */
export function AttemptsHelp() {
  return (
    <>
      <p>
        Every login through an AWS auth mount is recorded as the checks it passed and the one that
        refused it, with what was measured there. Signatures and tokens are never kept.
      </p>
      <ul>
        <li>
          <strong>Open</strong> an attempt by the id that the client got, here or by the palette.
        </li>
        <li>
          <strong>Narrow</strong> the list by result, check, cause, role, account or mount.
        </li>
        <li>
          <strong>Test</strong> a login: an identity, or a login that was captured, goes through the
          same checks and gets no token.
        </li>
      </ul>
      <p>
        Many that are alike within a minute are counted on one row. In the Vault documentation: “AWS
        auth method”.
      </p>
    </>
  );
}
