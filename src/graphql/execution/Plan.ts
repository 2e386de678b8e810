/**
 * An operation as functions that write its answer: what graphql-js works out for every object (which fields, which
 * arguments, which types) is worked out once, and no object is made that is only there to be serialised.
 *
 * A plan knows only the ordinary way. Where anything else happens (a field fails or has to wait, a null stands where
 * none may) it answers undefined, and whoever asked has graphql-js answer from the beginning.
 */
import { getArgumentValues, isLeafType, isListType, isNonNullType, isObjectType } from "graphql"
import type {
  FieldNode,
  GraphQLField,
  GraphQLObjectType,
  GraphQLOutputType,
  SelectionSetNode,
  VariableValues
} from "graphql"
import type { Texts } from "../reading/Moment.ts"
import type { GraphQLContext, ResolverMap } from "../Runtime.ts"
import { leafWriter } from "./Leaf.ts"
import { selectedOf } from "./Selection.ts"
import type { Fragments } from "./Selection.ts"

/** Writes a value of one type as JSON; undefined = not the ordinary way. */
export type Write = (value: unknown, run: PlanRun) => string | undefined

/** One execution of a plan. */
export interface PlanRun {
  readonly context: GraphQLContext
  /** Of the field nodes with arguments, in the order in which the plan was made. */
  readonly args: readonly Arguments[]
  /** What was written at this moment of parts that others are told too; undefined where nobody else is. */
  readonly texts: Texts | undefined
}

type Arguments = Readonly<Record<string, unknown>>

export interface Plan {
  readonly write: Write
  readonly argumentsOf: (variables: VariableValues) => readonly Arguments[]
}

/** Undefined where the operation asks for something that no plan is made for: introspection, an abstract type. */
export const planOf = (
  root: GraphQLObjectType,
  selectionSet: SelectionSetNode,
  fragments: Fragments,
  variables: VariableValues,
  resolvers: ResolverMap
): Plan | undefined => {
  const asked: { readonly field: GraphQLField; readonly node: FieldNode }[] = []

  /** How many objects lie around the one whose writer is made. */
  let depth = 0

  const objectWriter = (type: GraphQLObjectType, sets: readonly SelectionSetNode[]): Write | undefined => {
    const before = asked.length
    depth++
    const write = plainWriter(type, sets)
    depth--
    return write && depth === DEPTH_OF_PARTS && asked.length === before ? sharedWriter(write) : write
  }

  const plainWriter = (type: GraphQLObjectType, sets: readonly SelectionSetNode[]): Write | undefined => {
    const fields: FieldPlan[] = []
    for (const [key, nodes] of selectedOf(type.name, sets, fragments, variables)) {
      const label = `${fields.length === 0 ? "" : ","}${JSON.stringify(key)}:`
      const field = fieldPlan(type, nodes)
      if (field === undefined) return undefined
      fields.push({ label, ...field })
    }
    return (source, run) => {
      if (!isObject(source)) return undefined
      let text = "{"
      for (const { label, read, write } of fields) {
        const written = write(read(source, run), run)
        if (written === undefined) return undefined
        text += label + written
      }
      return text + "}"
    }
  }

  const fieldPlan = (type: GraphQLObjectType, nodes: readonly FieldNode[]): Omit<FieldPlan, "label"> | undefined => {
    const [node] = nodes
    if (node === undefined) return undefined
    const name = node.name.value
    if (name === "__typename") {
      const written = JSON.stringify(type.name)
      return { read: () => undefined, write: () => written }
    }
    const field = type.getFields()[name]
    const write = field === undefined ? undefined : writer(field.type, nodes)
    if (field === undefined || write === undefined) return undefined
    const resolve = resolvers[type.name]?.[name]
    if (resolve === undefined) return { read: (source) => valueOf(source[name]), write }
    const position = field.args.length === 0 ? undefined : asked.push({ field, node }) - 1
    return {
      read: (source, { args, context }) =>
        resolve(source, position === undefined ? NO_ARGUMENTS : args[position], context),
      write
    }
  }

  const writer = (type: GraphQLOutputType, nodes: readonly FieldNode[]): Write | undefined => {
    if (isNonNullType(type)) {
      const write = writer(type.ofType, nodes)
      return write && ((value, run) => (value === null || value === undefined ? undefined : write(value, run)))
    }
    const write = isListType(type) ? listWriter(writer(type.ofType, nodes)) : valueWriter(type, nodes)
    return write && ((value, run) => (value === null || value === undefined ? "null" : write(value, run)))
  }

  const valueWriter = (type: GraphQLOutputType, nodes: readonly FieldNode[]): Write | undefined => {
    if (isLeafType(type)) return leafWriter(type)
    if (!isObjectType(type)) return undefined
    return objectWriter(
      type,
      nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
    )
  }

  const write = objectWriter(root, [selectionSet])
  return (
    write && {
      write,
      argumentsOf: (values) => asked.map(({ field, node }) => getArgumentValues(field, node, values))
    }
  )
}

/** What is only worked out when asked for is a function without arguments; with some it is left to graphql-js. */
const valueOf = (value: unknown): unknown =>
  typeof value === "function" && value.length === 0 ? Reflect.apply(value, undefined, []) : value

interface FieldPlan {
  /** `"key":`, with the comma before it. */
  readonly label: string
  readonly read: (source: Readonly<Record<string, unknown>>, run: PlanRun) => unknown
  readonly write: Write
}

const NO_ARGUMENTS: Arguments = {}

/** A message stands below the root, its events and offers below the message. */
const DEPTH_OF_PARTS = 2

/** Writes a part once for all messages of a moment; without arguments below it depends on nothing but what it is read from. */
const sharedWriter = (write: Write): Write => {
  const shared: Write = (source, run) => {
    const { texts } = run
    if (texts === undefined || !isObject(source)) return write(source, run)
    const known = texts(shared)
    const found = known.get(source)
    if (found !== undefined) return found
    const written = write(source, run)
    if (written !== undefined) known.set(source, flat(written))
    return written
  }
  return shared
}

/** Text put together is a tree of its pieces, which every reader of it walks again: counted once, it is one piece. */
const flat = (text: string): string => {
  Buffer.byteLength(text)
  return text
}

const listWriter = (write: Write | undefined): Write | undefined =>
  write &&
  ((value, run) => {
    if (!Array.isArray(value)) return undefined
    let text = "["
    for (let i = 0; i < value.length; i++) {
      const written = write(value[i], run)
      if (written === undefined) return undefined
      text += i === 0 ? written : `,${written}`
    }
    return text + "]"
  })

/** A promise is an object too, and has none of the fields: what waits is not the ordinary way. */
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !("then" in value)
