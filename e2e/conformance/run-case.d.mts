export type CaseFile = Readonly<Record<string, unknown>>;
export type Case = Readonly<{ id: string; title: string }>;

export type Runner = {
  runCase(testCase: Case, file: CaseFile): Promise<string[]>;
  close(): void;
};

export function createRunner(options: {
  target: string;
  token: string;
  dialect?: "leasehold" | "vault";
  auditDir?: string;
  record?: boolean;
  trace?: (line: string) => void;
}): Runner;
