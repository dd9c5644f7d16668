import {
  callTemplateFunction,
  isTemplateFunction,
  isTruthy,
  type TemplatePorts,
  type TemplateValue,
} from "@/lib/engine/aws-secrets/template-functions";
import {
  type Command,
  type Node,
  type Operand,
  parseTemplate,
  type Pipeline,
} from "@/lib/engine/aws-secrets/template-parser";
import { invalidRequest } from "@/lib/engine/errors";

/** Templates and the values inside them stay below this many characters. */
const TEXT_LENGTH_MAX = 16_384;

export type NameFields = { Type: string; DisplayName: string; PolicyName: string };

/** A parsed template, ready to be applied many times. */
export type NameTemplate = { apply(fields: NameFields, ports: TemplatePorts): string };

/**
 * Parses a name template, a subset of Go's text templates with Vault's functions.
 *
 * @throws EngineError `invalid_request` here for a template that cannot be read, and from `apply`
 *   when it fails on its fields.
 * @see https://developer.hashicorp.com/vault/docs/concepts/username-templating
 */
export function parseNameTemplate(source: string): NameTemplate {
  const nodes = parseOrRefuse(source);
  return {
    apply(fields, ports) {
      try {
        return write(nodes, { fields, ports });
      } catch (error) {
        throw invalidRequest(
          `failed to generate username: unable to apply template: template: template:1: executing "template": ${messageOf(error)}`,
        );
      }
    },
  };
}

function parseOrRefuse(source: string): Node[] {
  try {
    if (source.length > TEXT_LENGTH_MAX) throw new Error("too long");
    return parseTemplate(source, isTemplateFunction);
  } catch (error) {
    throw invalidRequest(
      `unable to initialize username template: unable to parse template: template: template:1: ${messageOf(error)}`,
    );
  }
}

type Application = { fields: NameFields; ports: TemplatePorts };

function write(nodes: readonly Node[], application: Application): string {
  let text = "";
  for (const node of nodes) {
    if (node.kind === "text") text += node.text;
    else if (node.kind === "print") text += String(pipelineValue(node.pipeline, application));
    else if (isTruthy(pipelineValue(node.condition, application))) {
      text += write(node.then, application);
    } else text += write(node.otherwise, application);
  }
  return text;
}

function pipelineValue(pipeline: Pipeline, application: Application): TemplateValue {
  let piped: TemplateValue | null = null;
  for (const command of pipeline) piped = commandValue(command, piped, application);
  if (piped === null) throw new Error("missing value for command");
  return piped;
}

function commandValue(
  command: Command,
  piped: TemplateValue | null,
  application: Application,
): TemplateValue {
  const [first, ...others] = command.operands;
  if (first === undefined) throw new Error("missing value for command");
  if (first.kind !== "function") return operandValue(first, application);
  const values = others.map((operand) => operandValue(operand, application));
  return call(first.name, piped === null ? values : [...values, piped], application);
}

function operandValue(operand: Operand, application: Application): TemplateValue {
  switch (operand.kind) {
    case "constant":
      return operand.value;
    case "field":
      return fieldValue(operand.path, application.fields);
    case "function":
      return call(operand.name, [], application);
    case "pipeline":
      return pipelineValue(operand.pipeline, application);
  }
}

function call(
  name: string,
  values: readonly TemplateValue[],
  application: Application,
): TemplateValue {
  let value: TemplateValue;
  try {
    value = callTemplateFunction(name, values, application.ports);
  } catch (error) {
    throw new Error(`error calling ${name}: ${messageOf(error)}`);
  }
  if (typeof value === "string" && value.length > TEXT_LENGTH_MAX) throw new Error("too long");
  return value;
}

function fieldValue(path: string, fields: NameFields): string {
  if (path === ".Type") return fields.Type;
  if (path === ".DisplayName") return fields.DisplayName;
  if (path === ".PolicyName") return fields.PolicyName;
  throw new Error(`at <${path}>: can't evaluate field ${path.slice(1)}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
