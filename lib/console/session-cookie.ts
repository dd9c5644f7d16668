/**
 * The cookie that holds the id of the console session. Under https it is bound to the host; without, the
 * port is in its name, as cookies of one host are shared by all its ports.
 */
export function sessionCookieName(origin: string): string {
  const { protocol, port } = new URL(origin);
  return protocol === "https:" ? "__Host-leasehold-session" : `leasehold-${port || "80"}-session`;
}
