import type { Case, CaseFile } from "@/e2e/conformance/run-case.mjs";

export const CASES: string;
export function readCaseFiles(
  path?: string,
): { path: string; content: CaseFile & { cases: Case[] } }[];
