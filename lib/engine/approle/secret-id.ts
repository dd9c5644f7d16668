/** What is stored of an AppRole secret id; the secret id itself never is. */
export type SecretId = {
  role: string;
  /** Hex of its HMAC-SHA256. */
  hmac: string;
  accessor: string;
  /** Uses left; 0 = unlimited. */
  numUses: number;
  /** As granted; 0 = never expires. */
  ttlSeconds: number;
  createdAt: Date;
  updatedAt: Date;
  expiresAt: Date | null;
  /** Where a login with it may come from; empty: anywhere. */
  cidrs: readonly string[];
  /** Overrides the role's for the tokens of its logins, unless empty. */
  tokenBoundCidrs: readonly string[];
  metadata: Record<string, string>;
};
