import type { Metadata } from "next";
import { AttemptPage } from "@/app/(console)/auth/attempts/[id]/attempt-page";
import { RefusedPage } from "@/components/refused-page";
import { asCode } from "@/lib/console/as-code";
import { attemptPath, readAttempt } from "@/lib/console/attempts";
import { fixesFor } from "@/lib/console/attempts-fixes";
import { listAuthMounts } from "@/lib/console/auth-mounts";
import { authRoleHref } from "@/lib/console/auth-roles";
import { requireOperator } from "@/lib/console/operator";

type Props = { params: Promise<{ id: string }> };

export const metadata: Metadata = { title: "Login attempt" };

const NOT_FOUND =
  "No attempt of this id is recorded, or it was made on a mount that is not yours to see. Attempts are there some seconds after the login, and are let go after a time; of many alike the first are kept.";

export default async function Attempt({ params }: Props) {
  const id = decodeURIComponent((await params).id);
  const operator = await requireOperator();
  const [read, mounts] = await Promise.all([readAttempt(operator, id), listAuthMounts(operator)]);
  if (!read.ok) {
    const { refusal } = read;
    return (
      <RefusedPage
        title="Login attempt"
        above={[{ text: "Login attempts", href: "/auth/attempts" }]}
        what="The attempt is not shown."
        refusal={refusal.kind === "not_found" ? { ...refusal, message: NOT_FOUND } : refusal}
      />
    );
  }
  const attempt = read.data;
  const all = mounts.ok ? mounts.data : [];
  const mount = all.find(({ path }) => `auth/${path}` === attempt.mount_path);
  const isThere = attempt.role !== "" && attempt.cause !== "unknown_role";
  return (
    <AttemptPage
      key={id}
      attempt={attempt}
      fixes={fixesFor({
        step: attempt.failed_step,
        cause: attempt.cause,
        mountPath: attempt.mount_path,
        role: attempt.role,
        clientAddress: attempt.client_address,
        facts: attempt.facts,
      })}
      mountHref={mount === undefined ? null : `/auth/${mount.accessor}`}
      roleHref={
        mount === undefined || !isThere
          ? null
          : authRoleHref(mount.accessor, attempt.role.toLowerCase())
      }
      code={asCode({ operation: "read", path: attemptPath(id) })}
    />
  );
}
