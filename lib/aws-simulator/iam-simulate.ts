import { type ActionTable, type Call, requestContext } from "@/lib/aws-simulator/call";
import { grantsOf } from "@/lib/aws-simulator/caller";
import { noSuchEntity } from "@/lib/aws-simulator/errors";
import { decide } from "@/lib/aws-simulator/policy";
import { Form } from "@/lib/aws-simulator/query";
import type { AnswerFields } from "@/lib/aws-simulator/xml";

/** What a principal's own policies allow; of the caller itself only. */
export const SIMULATE_ACTIONS: ActionTable = {
  SimulatePrincipalPolicy: {
    target: (call) => ({ resource: call.params.get("PolicySourceArn") ?? "" }),
    handle: simulate,
  },
};

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html */
function simulate(call: Call): AnswerFields {
  const form = new Form(call.params);
  const source = form.text("PolicySourceArn", { min: 20, max: 2048 });
  const action = form.text("ActionNames.member.1", { min: 3, max: 128 });
  const resource = form.text("ResourceArns.member.1", { min: 1, max: 2048 });
  form.check();
  const { holder } = call.caller;
  if (holder.kind === "root" || holder.arn !== source) {
    throw noSuchEntity(`The principal ${source} cannot be found.`);
  }
  const grants = grantsOf(call.world, call.caller, call.now);
  const verdict = decide({ action, resource, context: requestContext(call) }, grants);
  return {
    EvaluationResults: [
      {
        EvalActionName: action,
        EvalResourceName: resource,
        EvalDecision: verdict.allowed ? "allowed" : "implicitDeny",
      },
    ],
    IsTruncated: false,
  };
}
