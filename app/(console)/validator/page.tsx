import type { Metadata } from "next";
import { ValidatorPage } from "@/app/(console)/validator/validator-page";
import { asCode } from "@/lib/console/as-code";
import { requireOperator } from "@/lib/console/operator";
import { listAwsMounts } from "@/lib/console/secrets-mounts";
import { readVerdicts, VALIDATOR_PATH } from "@/lib/console/validator";
import { parseValidatorAddress } from "@/lib/console/validator-address";

export const metadata: Metadata = { title: "Validator" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function Validator({ searchParams }: Props) {
  const operator = await requireOperator();
  const address = parseValidatorAddress(await searchParams);
  const [verdicts, mounts] = await Promise.all([
    readVerdicts(operator, address),
    listAwsMounts(operator),
  ]);
  return (
    <ValidatorPage
      first={verdicts}
      address={address}
      mounts={mounts.ok ? mounts.data.map(({ path, accessor }) => ({ path, accessor })) : []}
      code={asCode({ operation: "read", path: VALIDATOR_PATH })}
    />
  );
}
