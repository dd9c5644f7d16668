import { AwsError } from "@/lib/aws-simulator/errors";
import type { Outcome, Service } from "@/lib/aws-simulator/answer";
import { escapeXml, toJsonValue, toXml } from "@/lib/aws-simulator/xml";

export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

const NAMESPACES = {
  sts: "https://sts.amazonaws.com/doc/2011-06-15/",
  iam: "https://iam.amazonaws.com/doc/2010-05-08/",
} as const;

/** The bytes of an answer: XML, or JSON where STS is asked for it. */
export function render(outcome: Outcome, requestId: string, acceptsJson: boolean): Reply {
  const { service, result } = outcome;
  const status = result instanceof AwsError ? result.status : 200;
  if (service === "s3") {
    const body =
      result instanceof AwsError
        ? s3Error(result, requestId)
        : typeof result === "string"
          ? result
          : "";
    return {
      status,
      headers: { "content-type": "application/xml", "x-amz-request-id": requestId },
      body,
    };
  }
  const asJson = acceptsJson && service === "sts";
  return {
    status,
    headers: {
      "content-type": asJson ? "application/json" : "text/xml",
      "x-amzn-requestid": requestId,
    },
    body: asJson ? jsonBody(outcome, requestId) : xmlBody(outcome, service, requestId),
  };
}

function xmlBody(
  { action, result }: Outcome,
  service: Exclude<Service, "s3">,
  requestId: string,
): string {
  const namespace = NAMESPACES[service];
  if (result instanceof AwsError) {
    const error = toXml({ Error: errorFields(result), RequestId: requestId });
    return `<ErrorResponse xmlns="${namespace}">${error}</ErrorResponse>`;
  }
  const fields = result === null ? "" : `<${action}Result>${toXml(result)}</${action}Result>`;
  const metadata = toXml({ ResponseMetadata: { RequestId: requestId } });
  return `<${action}Response xmlns="${namespace}">${fields}${metadata}</${action}Response>`;
}

function jsonBody({ action, result }: Outcome, requestId: string): string {
  if (result instanceof AwsError) {
    return JSON.stringify({ Error: errorFields(result), RequestId: requestId });
  }
  return JSON.stringify({
    [`${action}Response`]: {
      ...(result === null ? {} : { [`${action}Result`]: toJsonValue(result) }),
      ResponseMetadata: { RequestId: requestId },
    },
  });
}

function errorFields(error: AwsError) {
  return {
    Type: error.status >= 500 ? "Receiver" : "Sender",
    Code: error.code,
    Message: error.message,
  };
}

function s3Error(error: AwsError, requestId: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${error.code}</Code><Message>${escapeXml(error.message)}</Message><RequestId>${requestId}</RequestId></Error>`;
}
