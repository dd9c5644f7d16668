/** What a failed revocation says, and what puts it right; the first that fits counts. */
const FIXES: readonly [RegExp, string][] = [
  [
    /AccessDenied|not authorized/i,
    "the mount’s root credential lacks a right on the IAM user: iam:DeleteUser, iam:DeleteAccessKey and the list and detach actions beside them.",
  ],
  [
    /InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClient|AuthFailure/i,
    "the mount’s root credential is no longer valid at AWS: write or rotate it.",
  ],
  [
    /DeleteConflict|must (?:delete|detach|remove)/i,
    "something was attached to the IAM user by hand. Take it away at AWS; the access key is deleted already.",
  ],
  [/Throttling|TooManyRequests|rate exceeded/i, "nothing: AWS throttles, and it is tried again."],
  [
    /the mount that issued this lease is gone/i,
    "the mount is gone, and its root credential with it: delete the IAM user at AWS, then forget the lease.",
  ],
  [
    /time|ECONN|ENOTFOUND|EAI_AGAIN|unreachable|socket|network|5\d\d/i,
    "AWS was not reached: check the network of this server and the endpoints of the mount.",
  ],
];

/** What an operator can do about a revocation that failed with this text. */
export function fixOf(error: string): string {
  const found = FIXES.find(([pattern]) => pattern.test(error));
  return found?.[1] ?? "see what AWS said; it is tried again by itself.";
}
