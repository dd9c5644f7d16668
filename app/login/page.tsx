import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { SignIn } from "@/app/login/sign-in";
import { consoleEngine } from "@/lib/console/engine";
import { safeNext } from "@/lib/console/next-address";
import { findOperator } from "@/lib/console/operator";
import { signInText } from "@/lib/console/sign-in-texts";

export const metadata: Metadata = { title: "Sign in" };
export const dynamic = "force-dynamic";

type Search = {
  next?: string | string[];
  error?: string | string[];
  ended?: string;
  signed_out?: string;
};

export default async function SignInPage({ searchParams }: { searchParams: Promise<Search> }) {
  const search = await searchParams;
  const next = safeNext(one(search.next));
  if ((await findOperator()) !== null) redirect(next);
  const { oidc, awaitsFirstOperator } = await consoleEngine().signInWays();
  return (
    <SignIn
      next={next}
      provider={oidc?.name ?? null}
      awaitsFirstOperator={awaitsFirstOperator}
      refusal={signInText(one(search.error))}
      notice={noticeOf(search)}
    />
  );
}

function noticeOf({ ended, signed_out }: Search): string | null {
  if (signed_out !== undefined) return "You are signed out.";
  if (ended === undefined) return null;
  return "Your session has ended. What you had not saved is lost; nothing else was changed.";
}

function one(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.[0];
}
