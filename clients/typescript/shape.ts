/** Whether an answer is what the contract promises: every field that was asked for, no other, of its type. */
import {
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  getNamedType,
  getNullableType,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
} from "graphql";

const SCALARS: Record<string, (value: unknown) => boolean> = {
  Boolean: (value) => typeof value === "boolean",
  Float: (value) => typeof value === "number",
  ID: (value) => typeof value === "string" && value !== "",
  Int: (value) => Number.isInteger(value),
  String: (value) => typeof value === "string",
  Cursor: (value) => typeof value === "string" && value !== "",
  Date: text(/^\d{4}-\d{2}-\d{2}$/),
  DateTime: text(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|\+00:00)$/),
  Decimal: text(/^-?\d+(\.\d+)?$/),
  MaskedNumber: text(/^\d{4}/),
  RegionCode: text(/^\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?$/),
  Rupiah: text(/^-?\d+$/),
  TimeOfDay: text(/^\d{2}:\d{2}$/),
};

const META: Record<string, { type: GraphQLOutputType }> = {
  __schema: SchemaMetaFieldDef,
  __type: TypeMetaFieldDef,
  __typename: TypeNameMetaFieldDef,
};

function text(form: RegExp): (value: unknown) => boolean {
  return (value) => typeof value === "string" && form.test(value);
}

/** Everything that is not as promised, by its place; empty where all is. */
export function faults(schema: GraphQLSchema, document: string, answer: unknown): string[] {
  const operation = parse(document).definitions[0] as OperationDefinitionNode;
  const root = schema.getRootType(operation.operation);
  if (!root) return [`The contract has no ${operation.operation}.`];
  return ofObject(schema, root, operation.selectionSet, answer, "data");
}

function ofObject(
  schema: GraphQLSchema,
  type: GraphQLOutputType,
  selection: SelectionSetNode,
  value: unknown,
  place: string,
): string[] {
  if (typeof value !== "object" || value === null) return [`${place}: no object`];
  const found = new Map(Object.entries(value));
  const named = getNamedType(type);
  const concrete = isAbstractType(named) ? schema.getType(String(found.get("__typename"))) : named;
  if (!isObjectType(concrete)) return [`${place}: an object of ${type} must be asked for its __typename`];
  const asked = [...fieldsOf(schema, concrete, selection)];
  const wrong = asked.flatMap((field) => ofField(schema, concrete, field, found, place));
  const names = new Set(asked.map(nameOf));
  return [...wrong, ...[...found.keys()].filter((name) => !names.has(name)).map((name) => `${place}.${name}: never asked for`)];
}

/** The fields that an object of this type is asked for. */
function* fieldsOf(schema: GraphQLSchema, type: GraphQLObjectType, selection: SelectionSetNode): Generator<FieldNode> {
  for (const each of selection.selections) {
    if (each.kind === "Field") yield each;
    else if (each.kind === "FragmentSpread") throw new Error(`${each.name.value}: named fragments are not looked into`);
    else {
      const condition = each.typeCondition ? schema.getType(each.typeCondition.name.value) : type;
      if (condition === type || (isAbstractType(condition) && schema.isSubType(condition, type)))
        yield* fieldsOf(schema, type, each.selectionSet);
    }
  }
}

function nameOf(field: FieldNode): string {
  return field.alias?.value ?? field.name.value;
}

function ofField(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  asked: FieldNode,
  found: Map<string, unknown>,
  place: string,
): string[] {
  const here = `${place}.${nameOf(asked)}`;
  const field = META[asked.name.value] ?? type.getFields()[asked.name.value];
  if (!field) return [`${here}: not in the contract`];
  if (!found.has(nameOf(asked))) return [`${here}: missing`];
  return ofValue(schema, field.type, asked.selectionSet, found.get(nameOf(asked)), here);
}

function ofValue(
  schema: GraphQLSchema,
  type: GraphQLOutputType,
  selection: SelectionSetNode | undefined,
  value: unknown,
  place: string,
): string[] {
  if (value === null) return isNonNullType(type) ? [`${place}: null, which ${type} forbids`] : [];
  const present = getNullableType(type);
  if (isListType(present)) {
    if (!Array.isArray(value)) return [`${place}: no list`];
    return value.flatMap((item, index) => ofValue(schema, present.ofType, selection, item, `${place}.${index}`));
  }
  if (selection) return ofObject(schema, present, selection, value, place);
  if (isEnumType(present)) return present.getValue(String(value)) ? [] : [`${place}: ${value} is not in ${type}`];
  const fits = SCALARS[getNamedType(present).name];
  if (!fits) return [`${place}: nothing is known of the form of ${type}`];
  return fits(value) ? [] : [`${place}: ${JSON.stringify(value)} is no ${type}`];
}
