"use client";

import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { attemptHref, attemptIdIn } from "@/lib/console/attempts";

/** A box that takes the id that a client was given, alone or within a text, and opens the attempt. */
export function OpenAttempt() {
  const router = useRouter();
  const [typed, setTyped] = useState("");
  const [isWrong, setWrong] = useState(false);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const id = attemptIdIn(typed);
        setWrong(id === null);
        if (id !== null) router.push(attemptHref(id));
      }}
    >
      <FormField
        label="Attempt id"
        description="Clients get it with every refusal: the header X-Leasehold-Login-Attempt."
        errorText={
          isWrong
            ? "There is no attempt id in this: it looks like 76276545-5d99-49f2-a2ed-93b0d8036afd."
            : undefined
        }
        secondaryControl={<Button formAction="submit">Open attempt</Button>}
      >
        <Input
          value={typed}
          spellcheck={false}
          autoComplete={false}
          placeholder="76276545-5d99-49f2-a2ed-93b0d8036afd"
          onChange={({ detail }) => {
            setTyped(detail.value);
            setWrong(false);
          }}
        />
      </FormField>
    </form>
  );
}
