/** The parts of an ARN; the resource keeps its own colons. */
export type Arn = {
  partition: string;
  service: string;
  region: string;
  account: string;
  resource: string;
};

const SECTIONS = 6;

/**
 * Splits an ARN, or says in the AWS SDK's words why it is none.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function parseArn(text: string): Arn | Error {
  if (!text.startsWith("arn:")) return new Error("arn: invalid prefix");
  const sections = text.split(":");
  if (sections.length < SECTIONS) return new Error("arn: not enough sections");
  const [, partition = "", service = "", region = "", account = ""] = sections;
  return { partition, service, region, account, resource: sections.slice(SECTIONS - 1).join(":") };
}

/** The account id in an ARN; null where there is none. */
export function accountOfArn(text: string | null): string | null {
  const arn = text === null ? null : parseArn(text);
  return arn === null || arn instanceof Error || arn.account === "" ? null : arn.account;
}
