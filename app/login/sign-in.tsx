"use client";

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Tabs from "@cloudscape-design/components/tabs";
import { useState, type ReactNode } from "react";
import { PasswordForm } from "@/app/login/password-form";
import { TokenForm } from "@/app/login/token-form";
import { PlainShell } from "@/components/plain-shell";
import { signInWith } from "@/lib/console/sign-in-client";
import { signInText } from "@/lib/console/sign-in-texts";

type SignInProps = {
  next: string;
  /** The sign-in provider's name; null: there is none. */
  provider: string | null;
  awaitsFirstOperator: boolean;
  refusal: string | null;
  notice: string | null;
};

/** The ways in: the provider first, where there is one; then a password; a token for emergencies. */
export function SignIn({ next, provider, awaitsFirstOperator, notice, ...props }: SignInProps) {
  const [refusal, setRefusal] = useState(props.refusal);
  const [busy, setBusy] = useState(false);
  const start = async (way: "token" | "userpass" | "oidc", proof: Record<string, string>) => {
    setBusy(true);
    setRefusal(null);
    const outcome = await signInWith(way, proof, next);
    if (outcome.ok) {
      // Everything is asked for anew, by the server, as whoever is signed in now.
      window.location.assign(outcome.address);
      return;
    }
    setRefusal(signInText(outcome.why));
    setBusy(false);
  };
  return (
    <PlainShell>
      <div className="narrow">
        <SpaceBetween size="l">
          {notice !== null && refusal === null && <Alert type="info">{notice}</Alert>}
          {awaitsFirstOperator && <FirstOperatorNotice />}
          <Container
            header={<Header variant="h1">Sign in to Leasehold</Header>}
            footer={<Running />}
          >
            <SpaceBetween size="m">
              {refusal !== null && (
                <div role="alert">
                  <Alert type="error">{refusal}</Alert>
                </div>
              )}
              {provider !== null && (
                <Button
                  variant="primary"
                  fullWidth
                  loading={busy}
                  onClick={() => void start("oidc", {})}
                >
                  Sign in with {provider}
                </Button>
              )}
              <Ways>
                {{
                  password: (
                    <PasswordForm busy={busy} onSignIn={(proof) => start("userpass", proof)} />
                  ),
                  token: <TokenForm busy={busy} onSignIn={(proof) => start("token", proof)} />,
                }}
              </Ways>
            </SpaceBetween>
          </Container>
        </SpaceBetween>
      </div>
    </PlainShell>
  );
}

function FirstOperatorNotice() {
  return (
    <Alert type="info" header="Nobody can sign in with a password yet">
      <Link href="/setup">Create the first operator</Link> with the code that the server printed
      when it started.
    </Alert>
  );
}

function Running() {
  return (
    <Box fontSize="body-s">
      <StatusIndicator type="success">The server runs</StatusIndicator>
    </Box>
  );
}

function Ways({ children }: { children: { password: ReactNode; token: ReactNode } }) {
  return (
    <Tabs
      ariaLabel="Ways to sign in"
      tabs={[
        { id: "password", label: "Password", content: children.password },
        { id: "token", label: "Token", content: children.token },
      ]}
    />
  );
}
