import type { Metadata } from "next";
import { AttemptsPage } from "@/app/(console)/auth/attempts/attempts-page";
import { asCode } from "@/lib/console/as-code";
import { ATTEMPTS_PATH, readAttempts } from "@/lib/console/attempts";
import { attemptQuery, parseAttemptAddress } from "@/lib/console/attempts-filter";
import { listAuthMounts } from "@/lib/console/auth-mounts";
import { requireOperator } from "@/lib/console/operator";

export const metadata: Metadata = { title: "Login attempts" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function Attempts({ searchParams }: Props) {
  const operator = await requireOperator();
  const address = parseAttemptAddress(await searchParams);
  const [attempts, mounts] = await Promise.all([
    readAttempts(operator, address),
    listAuthMounts(operator),
  ]);
  const asked = Object.entries(attemptQuery(address)).filter(([, value]) => value !== undefined);
  return (
    <AttemptsPage
      first={attempts}
      firstAddress={address}
      mountPaths={mounts.ok ? mounts.data.map(({ path }) => `auth/${path}`) : []}
      code={asCode({
        operation: "read",
        path: ATTEMPTS_PATH,
        data: Object.fromEntries(asked),
      })}
    />
  );
}
