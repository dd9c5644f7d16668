/** An answer that AWS gives instead of a result; `status` is the HTTP status. */
export class AwsError extends Error {
  override readonly name = "AwsError";
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function validationError(message: string): AwsError {
  return new AwsError(400, "ValidationError", message);
}

export function noSuchEntity(message: string): AwsError {
  return new AwsError(404, "NoSuchEntity", message);
}

export function entityExists(message: string): AwsError {
  return new AwsError(409, "EntityAlreadyExists", message);
}

export function deleteConflict(obstacle: string): AwsError {
  return new AwsError(409, "DeleteConflict", `Cannot delete entity, must ${obstacle} first.`);
}

export function limitExceeded(message: string): AwsError {
  return new AwsError(409, "LimitExceeded", message);
}

export function malformedPolicy(message: string): AwsError {
  return new AwsError(400, "MalformedPolicyDocument", message);
}

export function accessDenied(message: string): AwsError {
  return new AwsError(403, "AccessDenied", message);
}
