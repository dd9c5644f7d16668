import { readdirSync } from "node:fs";
import type { OperatorName } from "@/e2e/console/fixtures";

/** What addresses are made of. */
export type Facts = Readonly<
  Record<"secrets" | "auth" | "users" | "lease" | "token" | "entry", string>
>;

/** Who may see and do everything that a page has; the others are told there what they may not. */
export type Row = { at: (facts: Facts) => string; shown: readonly OperatorName[] };

const ALL: readonly OperatorName[] = ["auditor", "oncall", "admin"];
const ADMIN: readonly OperatorName[] = ["admin"];
const READERS: readonly OperatorName[] = ["auditor", "admin"];
const NONE_SUCH = "00000000-0000-4000-8000-000000000000";

/** By the folder of the page. */
export const PAGES: Readonly<Record<string, Row>> = {
  "/": { at: () => "/", shown: ALL },
  "/admin/audit-devices": { at: () => "/admin/audit-devices", shown: READERS },
  "/admin/health": { at: () => "/admin/health", shown: ALL },
  "/admin/integrity": { at: () => "/admin/integrity", shown: ALL },
  "/admin/mounts": { at: () => "/admin/mounts", shown: ALL },
  "/admin/mounts/[accessor]": { at: ({ secrets }) => `/admin/mounts/${secrets}`, shown: ALL },
  "/admin/operators": { at: () => "/admin/operators", shown: ADMIN },
  "/admin/operators/[accessor]/[name]": {
    at: ({ users }) => `/admin/operators/${users}/oncall`,
    shown: ADMIN,
  },
  "/admin/sessions": { at: () => "/admin/sessions", shown: ADMIN },
  "/audit": { at: () => "/audit", shown: ALL },
  "/auth": { at: () => "/auth", shown: ALL },
  "/auth/attempts": { at: () => "/auth/attempts", shown: ALL },
  "/auth/attempts/[id]": { at: () => `/auth/attempts/${NONE_SUCH}`, shown: ALL },
  "/auth/[accessor]": { at: ({ auth }) => `/auth/${auth}`, shown: ADMIN },
  "/auth/[accessor]/roles": { at: ({ auth }) => `/auth/${auth}/roles`, shown: ALL },
  "/auth/[accessor]/roles/[name]": {
    at: ({ auth }) => `/auth/${auth}/roles/ci-runner`,
    shown: ALL,
  },
  "/auth/[accessor]/roles/new": { at: ({ auth }) => `/auth/${auth}/roles/new`, shown: ALL },
  "/jobs": { at: () => "/jobs", shown: ALL },
  "/jobs/[id]": { at: () => `/jobs/${NONE_SUCH}`, shown: ALL },
  "/leases": { at: () => "/leases", shown: ADMIN },
  "/leases/[...id]": { at: ({ lease }) => `/leases/${lease}`, shown: ADMIN },
  "/policies": { at: () => "/policies", shown: READERS },
  "/policies/[name]": { at: () => "/policies/on-call", shown: READERS },
  "/secrets": { at: () => "/secrets", shown: ALL },
  "/secrets/[accessor]": { at: ({ secrets }) => `/secrets/${secrets}`, shown: ADMIN },
  "/secrets/[accessor]/roles": { at: ({ secrets }) => `/secrets/${secrets}/roles`, shown: ALL },
  "/secrets/[accessor]/roles/new": {
    at: ({ secrets }) => `/secrets/${secrets}/roles/new`,
    shown: ALL,
  },
  "/secrets/[accessor]/roles/[name]": {
    at: ({ secrets }) => `/secrets/${secrets}/roles/app-deploy`,
    shown: ALL,
  },
  "/secrets/[accessor]/roles/[name]/edit": {
    at: ({ secrets }) => `/secrets/${secrets}/roles/app-deploy/edit`,
    shown: ALL,
  },
  "/secrets/[accessor]/roles/[name]/issue": {
    at: ({ secrets }) => `/secrets/${secrets}/roles/app-deploy/issue`,
    shown: ALL,
  },
  "/secrets/[accessor]/root": { at: ({ secrets }) => `/secrets/${secrets}/root`, shown: ADMIN },
  "/respond": { at: () => "/respond", shown: ["oncall", "admin"] },
  "/validator": { at: () => "/validator", shown: ALL },
  "/tokens": { at: () => "/tokens", shown: ALL },
  "/tokens/[accessor]": { at: ({ token }) => `/tokens/${token}`, shown: ALL },
};

/** GET handlers: who is answered with what stands there; others are told why not, by a status. */
export const ROUTES: Readonly<Record<string, Row>> = {
  "/api/console/admin/health": { at: () => "", shown: ALL },
  "/api/console/admin/integrity": { at: () => "?hours=1", shown: ALL },
  "/api/console/admin/integrity/checkpoint": { at: () => "", shown: ALL },
  "/api/console/admin/rights": { at: () => "?policies=default", shown: ALL },
  "/api/console/attempts": { at: () => "", shown: ALL },
  "/api/console/audit": { at: () => "", shown: ALL },
  "/api/console/audit/entry": { at: ({ entry }) => `?id=${entry}`, shown: ALL },
  "/api/console/audit/export": { at: () => "", shown: ALL },
  "/api/console/audit/histogram": { at: () => "", shown: ALL },
  "/api/console/find": { at: () => "?text=app-deploy", shown: ALL },
  "/api/console/jobs": { at: () => "", shown: ALL },
  "/api/console/jobs/job": { at: () => `?id=${NONE_SUCH}`, shown: [] },
  "/api/console/leases": { at: () => "", shown: ALL },
  "/api/console/leases/export": { at: () => "?format=csv", shown: ALL },
  "/api/console/leases/lease": {
    at: ({ lease }) => `?id=${encodeURIComponent(lease)}`,
    shown: ALL,
  },
  "/api/console/overview": { at: () => "?part=overview", shown: ALL },
  "/api/console/respond": { at: () => "?text=app-deploy", shown: ALL },
  "/api/console/respond/freezes": { at: () => "", shown: ["oncall", "admin"] },
  "/api/console/secrets/user-name-preview": { at: () => "", shown: ADMIN },
  "/api/console/session": { at: () => "", shown: ALL },
  "/api/console/tokens": { at: () => "", shown: ALL },
  "/api/console/tokens/one": { at: ({ token }) => `?accessor=${token}`, shown: ALL },
  "/api/console/validator": { at: () => "", shown: ALL },
  "/api/console/validator/history": { at: () => "?mount=aws/&role=app-deploy", shown: ALL },
  "/api/console/views": { at: () => "?page=audit", shown: ALL },
};

/** Where nobody needs to be signed in. */
const OPEN = /^\/(?:login|setup|api\/auth\/.*|api\/console\/set-up)$/;

/** Pages and GET handlers that there are, by their folders. */
export function present(kind: "page.tsx" | "route.ts"): string[] {
  return readdirSync("app", { recursive: true, encoding: "utf8" })
    .filter((file) => file === kind || file.endsWith(`/${kind}`))
    .map((file) => `/${file.slice(0, -kind.length)}`.replaceAll(/\/\([^/]+\)/g, ""))
    .map((path) => path.replace(/(?<=.)\/$/, ""))
    .filter((path) => !OPEN.test(path));
}
