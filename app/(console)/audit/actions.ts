"use server";

import { z } from "zod";
import { operatorAction, Refused } from "@/lib/console/operator";
import { failed } from "@/lib/console/refusal";
import { VIEWS_PATH } from "@/lib/console/views";

const HASH_PATH = "sys/audit-hash/built-in";
const Hashed = z.object({ data: z.object({ hash: z.string() }) });

/** How the built-in log shows a value. The value is sent in the body, and hashed in the log as well. */
export const hashValueAction = operatorAction(
  z.object({
    value: z
      .string()
      .min(1, "A value is needed.")
      .max(64 * 1024),
  }),
  async (operator, { value }) => {
    const call = { method: "POST", path: HASH_PATH, body: { input: value } } as const;
    const said = Hashed.safeParse(await operator.call(call));
    if (!said.success) {
      throw new Refused(failed(HASH_PATH, "The answer is not what this page can read."));
    }
    const { hash } = said.data.data;
    return { asked: "Compare a value", happened: "", stillTrue: "", value: { hash } };
  },
);

const ViewForm = z.object({
  name: z.string().trim().min(1, "A view needs a name.").max(100, "At most 100 characters."),
  query: z.string().max(4_000, "The filter is too long to be saved."),
  isShared: z.boolean(),
});

export const saveViewAction = operatorAction(
  ViewForm,
  async (operator, { name, query, isShared }) => {
    const body = { page: "audit", name, query, shared: isShared };
    await operator.call({ method: "POST", path: VIEWS_PATH, body });
    return {
      asked: `Save view ${name}`,
      happened: `View ${name} is saved.`,
      stillTrue: isShared
        ? "Every operator who may read views sees it. It gives nobody rights to entries."
        : "Only you see it.",
      value: undefined,
    };
  },
);

export const deleteViewAction = operatorAction(
  z.object({ id: z.uuid(), name: z.string() }),
  async (operator, { id, name }) => {
    await operator.call({ method: "DELETE", path: `${VIEWS_PATH}/${id}` });
    return {
      asked: `Delete view ${name}`,
      happened: `View ${name} is deleted.`,
      stillTrue: "Links to its filter still work.",
      value: undefined,
    };
  },
);
