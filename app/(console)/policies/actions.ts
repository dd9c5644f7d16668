"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { operatorAction, Refused, type Operator } from "@/lib/console/operator";
import { Explanation, policyPath, readPolicyText } from "@/lib/console/policies";
import { failed } from "@/lib/console/refusal";

const Name = z.string().trim().min(1, "A policy needs a name.").max(512);
/** The API's own limit, in characters. */
const Text = z.string().max(256 * 1024, "A policy has at most 256 kB.");

const SaveForm = z.object({
  name: Name,
  text: Text.min(1, "A policy needs a text; a comment is enough."),
  /** The text that the editor started from; null: there was no such policy. */
  loaded: z.string().nullable(),
});

/** What became of a save: `conflict` is what somebody else stored since the editor was opened. */
export type Saved = { isSaved: boolean; conflict: string | null };

/** Stores a policy, unless it is no longer what the operator looked at. */
export const savePolicyAction = operatorAction(
  SaveForm,
  async (operator, { name, text, loaded }) => {
    const asked = `Save policy ${name}`;
    const stored = await readPolicyText(operator, name);
    if (!stored.ok) throw new Refused(stored.refusal);
    if (stored.data !== loaded) {
      const value: Saved = { isSaved: false, conflict: stored.data ?? "" };
      return { asked, happened: "The policy was changed by somebody else.", stillTrue: "", value };
    }
    await operator.call({ method: "POST", path: policyPath(name), body: { policy: text } });
    revalidatePath("/policies");
    return {
      asked,
      happened: `Policy ${name} is stored.`,
      stillTrue:
        "It holds for every token that carries its name, from the token's next request on.",
      value: { isSaved: true, conflict: null },
    };
  },
);

/** Deletes a policy; tokens keep its name, which grants nothing then. */
export const deletePolicyAction = operatorAction(
  z.object({ name: Name }),
  async (operator, { name }) => {
    await operator.call({ method: "DELETE", path: policyPath(name) });
    revalidatePath("/policies");
    return {
      asked: `Delete policy ${name}`,
      happened: `Policy ${name} is deleted.`,
      stillTrue:
        "Roles and tokens that carry its name keep it. It grants nothing, until a policy of that name is stored again.",
      value: undefined,
    };
  },
);

const Question = z.object({
  path: z.string().trim().min(1, "A path is needed.").max(4096),
  operation: z.enum(["create", "read", "update", "patch", "delete", "list"]),
  /** Null: the operator's own token. */
  policies: z.array(Name).max(100).nullable(),
  draft: z.object({ name: Name, text: Text }).nullable(),
});

/** Asks the API what policies say of a request. A draft is too long for an address, so it is sent. */
export const explainAction = operatorAction(Question, async (operator, question) => {
  const value = await explain(operator, question);
  return { asked: "Explain", happened: "", stillTrue: "", value };
});

const PATH = "sys/leasehold/policies/explain";

async function explain(
  operator: Operator,
  { path, operation, policies, draft }: z.infer<typeof Question>,
): Promise<Explanation> {
  if (draft === null) {
    const query = { path, operation, ...(policies !== null && { policies: policies.join(",") }) };
    const read = await operator.read(Explanation, PATH, query);
    if (!read.ok) throw new Refused(read.refusal);
    return read.data;
  }
  const body = {
    path,
    operation,
    policies: policies ?? [],
    draft_name: draft.name,
    draft: draft.text,
  };
  const said = z
    .object({ data: Explanation })
    .safeParse(await operator.call({ method: "POST", path: PATH, body }));
  if (!said.success) throw new Refused(failed(PATH, "The answer is not what this page can read."));
  return said.data.data;
}
