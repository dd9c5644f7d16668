"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { operatorAction } from "@/lib/console/operator";

const Text = z.string().max(2000);
const Endpoint = z
  .string()
  .max(2000)
  .refine((text) => text === "" || /^https?:\/\/\S+$/.test(text), "This is no https:// address.");

const RootForm = z
  .object({
    mount: z.string().min(2).max(1024),
    storedKey: Text,
    source: z.enum(["key", "host"]),
    accessKey: Text,
    secretKey: Text,
    region: Text,
    iamEndpoint: Endpoint,
    stsEndpoint: Endpoint,
    stsRegion: Text,
    fallbacks: z.array(z.object({ endpoint: Endpoint, region: Text })).max(20),
    maxRetries: z.string().regex(/^\d{0,2}$/, "A small whole number."),
    template: z.string().max(16_384),
  })
  .superRefine((form, context) => {
    const problem = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    if (form.fallbacks.some(({ endpoint, region }) => endpoint === "" || region === "")) {
      problem("fallbacks", "Each fallback needs an endpoint and its region.");
    }
    if (form.source === "host") return;
    if (form.accessKey === "") problem("accessKey", "An access key id is needed.");
    if (form.secretKey === "" && form.accessKey !== form.storedKey) {
      problem("secretKey", "Another access key id needs its own secret.");
    }
  });

export const writeRootAction = operatorAction(RootForm, async (operator, form) => {
  const path = `${form.mount}config/root`;
  await operator.call({ method: "POST", path, body: bodyOf(form) });
  revalidatePath("/secrets", "layout");
  const isOther = form.source === "key" && form.accessKey !== form.storedKey;
  return {
    asked: `Change the root credential of ${form.mount}.`,
    happened:
      form.source === "host"
        ? "The mount works with the host's own credentials from now on."
        : `The mount works with ${form.accessKey} from now on. AWS was not asked whether it is good; the next call will tell.`,
    stillTrue: isOther
      ? "The identity before is kept, encrypted, as long as a lease needs it to be undone."
      : "",
    value: undefined,
  };
});

/** A template that is not named would go back to the default, so it always is. */
function bodyOf(form: z.infer<typeof RootForm>): Record<string, unknown> {
  const isHost = form.source === "host";
  return {
    access_key: isHost ? "" : form.accessKey,
    ...(isHost ? { secret_key: "" } : form.secretKey !== "" && { secret_key: form.secretKey }),
    region: form.region,
    iam_endpoint: form.iamEndpoint,
    sts_endpoint: form.stsEndpoint,
    sts_region: form.stsRegion,
    sts_fallback_endpoints: form.fallbacks.map(({ endpoint }) => endpoint),
    sts_fallback_regions: form.fallbacks.map(({ region }) => region),
    max_retries: form.maxRetries === "" ? -1 : Number(form.maxRetries),
    username_template: form.template,
  };
}
