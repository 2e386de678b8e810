/**
 * TypeScript types of GraphQL documents. Times, cursors, decimals and ids travel as strings and stay strings.
 *
 * Only what the client's documents use is known: fields, fragments and variables, no unions and no directives,
 * because both would change what a field's type is.
 */
import {
  buildSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  parse,
  typeFromAST
} from "graphql"
import type {
  FragmentDefinitionNode,
  GraphQLInputType,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode
} from "graphql"

/** `ordered` are enums the order of whose values means something: their names in a list beside the type. */
export const typesOf = (
  sdl: string,
  documents: readonly string[],
  ordered: Readonly<{ [enumName: string]: string }>
): string => {
  const schema = buildSchema(sdl)
  const used: Used = new Map()
  const parts = documents
    .flatMap((document) => parse(document).definitions)
    .flatMap((definition) => {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) return fragmentType(schema, definition, used)
      return definition.kind === Kind.OPERATION_DEFINITION ? operationTypes(schema, definition, used) : []
    })
  const lists = Object.entries(ordered).map(([name, list]) => listOf(schema, name, list))
  return [...parts, ...used.values(), ...lists].join("\n\n")
}

const listOf = (schema: GraphQLSchema, name: string, list: string): string => {
  const type = schema.getType(name)
  if (!isEnumType(type)) throw new Error(`The SDL has no enum ${name}.`)
  const values = type.getValues().map((value) => `"${value.name}"`)
  return `/** In the order of the SDL. */\nexport const ${list}: readonly ${name}[] = [${values.join(", ")}]`
}

/** Enums and inputs on the way, by name; each is printed once. */
type Used = Map<string, string>

const fragmentType = (schema: GraphQLSchema, fragment: FragmentDefinitionNode, used: Used): readonly string[] => {
  const type = schema.getType(fragment.typeCondition.name.value)
  return isObjectType(type)
    ? [`export interface ${fragment.name.value} ${fieldsOf(type, fragment.selectionSet, used)}`]
    : []
}

const operationTypes = (schema: GraphQLSchema, operation: OperationDefinitionNode, used: Used): readonly string[] => {
  const type = schema.getRootType(operation.operation)
  const name = operation.name?.value
  if (!type || name === undefined) throw new Error("Every operation of the client has a name and a type in the SDL.")
  const variables = (operation.variableDefinitions ?? []).map(({ variable, type: node, defaultValue }) => {
    const of = typeFromAST(schema, node)
    if (!isInputType(of)) throw new Error(`$${variable.name.value} of ${name} has a type that the SDL does not know.`)
    return member(variable.name.value, inputType(of, used), isNonNullType(of) && defaultValue === undefined)
  })
  return [
    `export interface ${name}Data ${fieldsOf(type, operation.selectionSet, used)}`,
    `export interface ${name}Variables { ${variables.join("\n")} }`
  ]
}

const fieldsOf = (type: GraphQLObjectType, { selections }: SelectionSetNode, used: Used): string => {
  const fields = selections.map((selection) => {
    if (selection.kind !== Kind.FIELD) throw new Error(`A spread beside fields of ${type.name} is not understood.`)
    const name = selection.name.value
    const field = type.getFields()[name]
    if (field === undefined) throw new Error(`${type.name} has no field ${name}.`)
    const output = outputType(field.type, selection.selectionSet, used)
    return `${doc(field.description)}readonly ${selection.alias?.value ?? name}: ${output}`
  })
  return `{ ${fields.join("\n")} }`
}

const doc = (description: string | null | undefined): string => (description ? `/** ${description} */\n` : "")

const outputType = (type: GraphQLOutputType, set: SelectionSetNode | undefined, used: Used): string => {
  if (!isNonNullType(type)) return `${nullable(type, set, used)} | null`
  return nullable(type.ofType, set, used)
}

const nullable = (type: GraphQLOutputType, set: SelectionSetNode | undefined, used: Used): string => {
  if (isListType(type)) return `readonly ${element(outputType(type.ofType, set, used))}[]`
  const named = getNamedType(type)
  if (!isObjectType(named) || set === undefined) return leaf(named.name, type, used)
  const [only, ...others] = set.selections
  return only?.kind === Kind.FRAGMENT_SPREAD && others.length === 0 ? only.name.value : fieldsOf(named, set, used)
}

const element = (type: string): string => (/^\w+$/.test(type) ? type : `(${type})`)

const inputType = (type: GraphQLInputType, used: Used): string => {
  if (!isNonNullType(type)) return `${inputOf(type, used)} | null`
  return inputOf(type.ofType, used)
}

const inputOf = (type: GraphQLInputType, used: Used): string => {
  if (isListType(type)) return `readonly ${element(inputType(type.ofType, used))}[]`
  const named = getNamedType(type)
  if (!isInputObjectType(named)) return leaf(named.name, named, used)
  const fields = Object.values(named.getFields()).map(
    (field) => doc(field.description) + member(field.name, inputType(field.type, used), isNonNullType(field.type))
  )
  used.set(named.name, `${doc(named.description)}export interface ${named.name} { ${fields.join("\n")} }`)
  return named.name
}

const member = (name: string, type: string, required: boolean): string =>
  `readonly ${name}${required ? "" : "?"}: ${type}${required ? "" : " | undefined"}`

const SCALARS: Readonly<{ [name: string]: string }> = { Int: "number", Float: "number", Boolean: "boolean" }

const leaf = (name: string, type: GraphQLOutputType | GraphQLInputType, used: Used): string => {
  const named = getNamedType(type)
  if (!isEnumType(named)) return SCALARS[name] ?? "string"
  const values = named.getValues().map((value) => `"${value.name}"`)
  used.set(name, `${doc(named.description)}export type ${name} = ${values.join(" | ")}`)
  return name
}
