"use client";

/** What tokens are, and what one does with them. */
export function TokensHelp() {
  return (
    <>
      <p>
        A token is what a login hands out: whoever holds it may do what its policies say, until it
        ends. It is named by its accessor, which opens nothing.
      </p>
      <ul>
        <li>
          <strong>Find</strong> a token by accessor, principal, role or any word of its metadata; by
          login mount or policy with the filter.
        </li>
        <li>
          <strong>See</strong> on its page what bounds it, what hangs on it and what it was used for
          last.
        </li>
        <li>
          <strong>Revoke</strong> it there, after reading which leases and child tokens fall with
          it.
        </li>
      </ul>
      <p>In the Vault documentation: “Tokens”, “Token accessors”, “Token hierarchies”.</p>
    </>
  );
}
