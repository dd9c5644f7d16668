"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import {
  EnableForm,
  MountClass,
  MountPath,
  TuneForm,
  tuneBody,
} from "@/lib/console/admin-mount-form";
import { mountApiPath } from "@/lib/console/admin-mounts";
import { parseTtl } from "@/lib/console/lifetime";
import { operatorAction } from "@/lib/console/operator";

const Enabled = z.object({ data: z.object({ accessor: z.string() }) });

export const enableMountAction = operatorAction(EnableForm, async (operator, form) => {
  const path = mountApiPath(form);
  const seconds = (text: string): string => `${parseTtl(text) ?? 0}s`;
  const config = {
    default_lease_ttl: seconds(form.defaultTtl),
    max_lease_ttl: seconds(form.maxTtl),
  };
  const { type, description, local } = form;
  await operator.call({ method: "POST", path, body: { type, description, local, config } });
  const answer = await operator.call({ method: "GET", path });
  revalidateMounts();
  return {
    asked: `Enable ${type} at ${shown(form)}`,
    happened: `${type} is enabled at ${shown(form)}.`,
    stillTrue:
      form.class === "auth"
        ? "Nobody can log in through it until it has a role or an operator."
        : "It hands nothing out until it has a role. Until a root credential is set it uses the host's own AWS credentials.",
    value: { accessor: Enabled.parse(answer).data.accessor },
  };
});

export const tuneMountAction = operatorAction(TuneForm, async (operator, form) => {
  await operator.call({
    method: "POST",
    path: `${mountApiPath(form)}/tune`,
    body: tuneBody(form.changed),
  });
  revalidateMounts();
  return {
    asked: `Tune ${shown(form)}`,
    happened: `The settings of ${shown(form)} are stored.`,
    stillTrue:
      "They hold from now on. Leases and tokens that live keep their end; a renewal follows the new limits.",
    value: undefined,
  };
});

const MoveForm = z.object({
  class: MountClass,
  path: MountPath,
  to: MountPath,
  confirmed: z.string(),
});

/** Typed by hand, with or without the last slash. */
function isConfirmed(form: { class: "secret" | "auth"; path: string; confirmed: string }): boolean {
  return `${form.confirmed.replace(/\/$/, "")}/` === shown(form);
}

const NOT_CONFIRMED = { path: ["confirmed"], message: "This is not the path of the mount." };

export const moveMountAction = operatorAction(
  MoveForm.refine(isConfirmed, NOT_CONFIRMED),
  async (operator, form) => {
    const to = shown({ class: form.class, path: form.to });
    const body = { from: shown(form), to };
    await operator.call({ method: "POST", path: "sys/remount", body });
    revalidateMounts();
    return {
      asked: `Move ${shown(form)} to ${to}`,
      happened: `It answers at ${to} now; what it had handed out was ended first.`,
      stillTrue: `Policies and clients that name ${shown(form)} reach nothing until they name ${to}.`,
      value: undefined,
    };
  },
);

const DisableForm = z.object({ class: MountClass, path: MountPath, confirmed: z.string() });

export const disableMountAction = operatorAction(
  DisableForm.refine(isConfirmed, NOT_CONFIRMED),
  async (operator, form) => {
    await operator.call({ method: "DELETE", path: mountApiPath(form) });
    revalidateMounts();
    return {
      asked: `Disable ${shown(form)}`,
      happened: `${shown(form)} is disabled; its settings and roles are forgotten.`,
      stillTrue:
        form.class === "auth"
          ? "Its tokens have ended. Leases of those tokens are being revoked at AWS; the list of leases says of each how far it is."
          : "Its leases have ended and IAM users behind them are deleted. Sessions of AWS stay valid until they end.",
      value: undefined,
    };
  },
);

function shown({ class: of, path }: { class: "secret" | "auth"; path: string }): string {
  return of === "auth" ? `auth/${path}` : path;
}

function revalidateMounts(): void {
  for (const page of ["/admin", "/auth", "/secrets"]) revalidatePath(page, "layout");
}
