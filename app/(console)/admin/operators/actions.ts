"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { Duration } from "@/lib/console/admin-mount-form";
import { PASSWORD_CHARACTERS_MIN } from "@/lib/console/admin-operators";
import { parseTtl } from "@/lib/console/lifetime";
import { operatorAction, Refused, type Operator } from "@/lib/console/operator";
import { failed, refusalOf } from "@/lib/console/refusal";

/** With `auth/` and its last slash, as mounts that let operators in are listed. */
const Mount = z.string().regex(/^auth\/[^\0]{1,500}\/$/, "This is no auth mount.");
const Name = z
  .string()
  .trim()
  .toLowerCase()
  .min(1, "A name is needed.")
  .max(512)
  .regex(/^[^/\s]+$/, "A name without blanks and slashes.");
const Password = z
  .string()
  .min(PASSWORD_CHARACTERS_MIN, `A password has at least ${PASSWORD_CHARACTERS_MIN} characters.`)
  .max(1024);
const Policies = z.array(z.string().min(1).max(512)).max(100);
const User = z.object({ mount: Mount, name: Name });

const KEPT =
  "Sessions and tokens that are open keep the policies they began with, until they end; end them on the page of sessions.";

/** Writing to a name that is there would give somebody else's operator another password. */
async function refuseTaken(operator: Operator, path: string, message: string): Promise<void> {
  const call = { method: "GET", path } as const;
  const refusal = refusalOf(call, await operator.request(call));
  if (refusal === null) throw new Refused(failed(path, message));
  // Who may not look may still be let write: the API tells creating from changing.
  if (!["not_found", "forbidden"].includes(refusal.kind)) throw new Refused(refusal);
}

export const addUserAction = operatorAction(
  User.extend({ password: Password, policies: Policies }),
  async (operator, { mount, name, password, policies }) => {
    const path = `${mount}users/${name}`;
    await refuseTaken(operator, path, "There is an operator of this name already.");
    await operator.call({ method: "POST", path, body: { password, token_policies: policies } });
    revalidatePath("/admin", "layout");
    return {
      asked: `Add operator ${name}`,
      happened: `${name} can sign in at ${mount}.`,
      stillTrue: "The password is shown nowhere: hand it over, and have it changed.",
      value: { name },
    };
  },
);

export const changePoliciesAction = operatorAction(
  User.extend({ policies: Policies }),
  async (operator, { mount, name, policies }) => {
    await operator.call({
      method: "POST",
      path: `${mount}users/${name}/policies`,
      body: { token_policies: policies },
    });
    revalidatePath("/admin", "layout");
    return {
      asked: `Change the policies of ${name}`,
      happened: `The next sign-in of ${name} gives ${policies.join(", ") || "the policy default alone"}.`,
      stillTrue: KEPT,
      value: undefined,
    };
  },
);

export const setPasswordAction = operatorAction(
  User.extend({ password: Password }),
  async (operator, { mount, name, password }) => {
    await operator.call({
      method: "POST",
      path: `${mount}users/${name}/password`,
      body: { password },
    });
    revalidatePath("/admin", "layout");
    return {
      asked: `Set the password of ${name}`,
      happened: `${name} signs in with the new password from now on.`,
      stillTrue:
        "Sessions and tokens that are open go on. If the old password leaked, end them on the page of sessions.",
      value: undefined,
    };
  },
);

const LimitsForm = User.extend({
  ttl: Duration,
  maxTtl: Duration,
  hardLimit: Duration,
  cidrs: z.array(z.string().trim().min(1).max(64)).max(100),
  hasDefault: z.boolean(),
});

export const changeLimitsAction = operatorAction(LimitsForm, async (operator, form) => {
  const { mount, name } = form;
  const seconds = (text: string): string => `${parseTtl(text) ?? 0}s`;
  await operator.call({
    method: "POST",
    path: `${mount}users/${name}`,
    body: {
      token_ttl: seconds(form.ttl),
      token_max_ttl: seconds(form.maxTtl),
      token_explicit_max_ttl: seconds(form.hardLimit),
      token_bound_cidrs: form.cidrs,
      token_no_default_policy: !form.hasDefault,
    },
  });
  revalidatePath("/admin", "layout");
  return {
    asked: `Change the token limits of ${name}`,
    happened: `They hold from the next sign-in of ${name} on.`,
    stillTrue: "Tokens that live keep the end they have; a renewal follows the new limits.",
    value: undefined,
  };
});

export const deleteUserAction = operatorAction(User, async (operator, { mount, name }) => {
  await operator.call({ method: "DELETE", path: `${mount}users/${name}` });
  revalidatePath("/admin", "layout");
  return {
    asked: `Delete operator ${name}`,
    happened: `${name} can no longer sign in; sessions of the console have ended.`,
    stillTrue:
      "Tokens of logins over the API live until they end, and can no longer be renewed. Find them on the page of tokens.",
    value: undefined,
  };
});

export const unlockAction = operatorAction(
  z.object({ accessor: z.string().min(1).max(200), alias: z.string().min(1).max(512) }),
  async (operator, { accessor, alias }) => {
    await operator.call({
      method: "POST",
      path: `sys/locked-users/${accessor}/unlock/${alias}`,
      body: {},
    });
    revalidatePath("/admin", "layout");
    return {
      asked: `Unlock ${alias}`,
      happened: `${alias} can try again at once; failures are counted anew.`,
      stillTrue: "",
      value: undefined,
    };
  },
);

const GROUPS = "auth/console-oidc/groups/";
const Group = z.string().min(1, "A group needs its name.").max(512);

export const saveGroupAction = operatorAction(
  z.object({ group: Group, policies: Policies, isNew: z.boolean() }),
  async (operator, { group, policies, isNew }) => {
    const path = `${GROUPS}${group}`;
    if (isNew) await refuseTaken(operator, path, "This group is mapped already; change that one.");
    await operator.call({ method: "POST", path, body: { policies } });
    revalidatePath("/admin", "layout");
    return {
      asked: `Map group ${group}`,
      happened: `The next sign-in of its members gives ${policies.join(", ") || "the policy default alone"}.`,
      stillTrue: KEPT,
      value: undefined,
    };
  },
);

export const removeGroupAction = operatorAction(
  z.object({ group: Group }),
  async (operator, { group }) => {
    await operator.call({ method: "DELETE", path: `${GROUPS}${group}` });
    revalidatePath("/admin", "layout");
    return {
      asked: `Remove group ${group}`,
      happened: `${group} gives nothing any more.`,
      stillTrue: KEPT,
      value: undefined,
    };
  },
);
