/** Where each part of the overview opens its list, with the filter that shows the same. */
export const OVERVIEW_LINKS = {
  leases: "/leases",
  irrevocable: "/leases?state=irrevocable",
  revoking: "/leases?state=revoking&sort=ends",
  jobs: "/jobs",
  health: "/admin/health",
  integrity: "/admin/integrity",
  refusedLogins: auditHref([
    ["path", "auth/"],
    ["operation", "update"],
    ["outcome", "denied"],
    ["outcome", "refused"],
    ["outcome", "failed"],
  ]),
} as const;

export function leasesOfType(type: string): string {
  return `/leases?${new URLSearchParams({ kind: type }).toString()}`;
}

export function leaseHref(leaseId: string): string {
  return `/leases/${leaseId.split("/").map(encodeURIComponent).join("/")}`;
}

/** Entries of requests whose path begins with one of these, over the range that a chart shows. */
export function auditOfPaths(paths: readonly string[], hours: number): string {
  return auditHref([
    ["from", `-${hours}h`],
    ...paths.map((path): [string, string] => ["path", path]),
  ]);
}

export function auditEntryHref(requestId: string): string {
  return auditHref([["event", requestId]]);
}

function auditHref(conditions: [string, string][]): string {
  return `/audit?${new URLSearchParams(conditions).toString()}`;
}
