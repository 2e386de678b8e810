/**
 * What a document may ask for: depth, aliases, root fields, directives, fragments, and cost by role.
 *
 * They run after the standard rules only: a fragment cycle would never end here. Cost counts sized lists, each times its
 * size and its parents': a leaf costs nothing, and a list bounded by the roster or by a market's outcomes neither.
 */
import { GraphQLError, isObjectType, Kind, visit } from "graphql"
import type {
  ArgumentNode,
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode
} from "graphql"
import type { Role } from "../../access/Access.ts"

export const LIMITS = {
  documentBytes: 16_384,
  tokens: 1_000,
  depth: 8,
  aliases: 15,
  rootFields: 10,
  directives: 10,
  fragments: 20,
  validationErrors: 5,
  variableDepth: 16,
  cost: { viewer: 1_000, operator: 5_000 } satisfies Readonly<Record<Role, number>>
} as const

/** Faults of the document's form; independent of variables and role, so they may be kept with the document. */
export const formFaults = (document: DocumentNode): readonly GraphQLError[] => {
  const walk = new Walk(document, {}, new Map())
  const text = census(document)
  return [
    ...over("aliases", text.aliases, LIMITS.aliases, "ask for less at once"),
    ...over("directives", text.directives, LIMITS.directives, "use fewer @include and @skip"),
    ...over("fragments", walk.fragments.size, LIMITS.fragments, "join some of them"),
    ...operationsOf(document).flatMap((operation) => {
      const { depth, fields } = walk.measure(operation.selectionSet)
      return [
        ...over("levels of fields", depth, LIMITS.depth, "ask for the inner part by its id"),
        ...over("root fields", fields, LIMITS.rootFields, "send two documents")
      ]
    })
  ]
}

/** Faults of one operation with these variables for this role. */
export const costFaults = (
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  role: Role,
  sizes: Sizes
): readonly GraphQLError[] => {
  const cost = new Walk(document, { ...defaultsOf(operation), ...variables }, sizes).measure(
    operation.selectionSet
  ).cost
  return over(
    `points of cost for the role ${role}`,
    cost,
    LIMITS.cost[role],
    "lower `first`, or name the `markets` you need"
  )
}

/** Variables are measured before anything walks them by recursion. */
export const variableFaults = (variables: Readonly<Record<string, unknown>>): readonly GraphQLError[] => {
  let level: readonly unknown[] = [variables]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > LIMITS.variableDepth)
      return [limitError(`The variables are more than ${LIMITS.variableDepth} levels deep.`)]
    level = level.flatMap((value) => (typeof value === "object" && value !== null ? Object.values(value) : []))
  }
  return []
}

export const limitError = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: "LIMIT_EXCEEDED" } })

export const operationsOf = (document: DocumentNode): readonly OperationDefinitionNode[] =>
  document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)

const over = (what: string, count: number, most: number, advice: string): readonly GraphQLError[] =>
  count <= most ? [] : [limitError(`This document has ${count} ${what}; at most ${most} are served: ${advice}.`)]

interface Measure {
  readonly depth: number
  /** Fields at this level, fragments unfolded. */
  readonly fields: number
  readonly cost: number
}

/** Sizes by field where no `first` says otherwise: the SDL's own defaults. */
export type Sizes = ReadonlyMap<string, number>

export const sizesOf = (schema: GraphQLSchema): Sizes =>
  new Map(
    Object.values(schema.getTypeMap())
      .filter(isObjectType)
      .flatMap((type) =>
        Object.values(type.getFields()).flatMap((field) => {
          const literal = field.args.find(({ name }) => name === "first")?.default?.literal
          return literal?.kind === Kind.INT ? [[field.name, Number(literal.value)] as const] : []
        })
      )
  )

/** Variables that were left out and have a default: `query ($first: Int = 10)`. */
const defaultsOf = (operation: OperationDefinitionNode): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    (operation.variableDefinitions ?? []).map(({ variable, defaultValue }) => [
      variable.name.value,
      defaultValue?.kind === Kind.INT
        ? Number(defaultValue.value)
        : defaultValue?.kind === Kind.LIST
          ? defaultValue.values
          : undefined
    ])
  )

/** Counted in the text, not unfolded: a fragment's aliases count once, as they are written once. */
const census = (document: DocumentNode): { readonly aliases: number; readonly directives: number } => {
  let aliases = 0
  let directives = 0
  visit(document, {
    Field: (node) => {
      if (node.alias !== undefined) aliases++
    },
    Directive: () => {
      directives++
    }
  })
  return { aliases, directives }
}

/** Measures selection sets; each fragment once, however often it is spread, so that no document can make it slow. */
class Walk {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  private readonly variables: Readonly<Record<string, unknown>>
  private readonly sizes: Sizes
  private readonly measured = new Map<string, Measure>()

  constructor(document: DocumentNode, variables: Readonly<Record<string, unknown>>, sizes: Sizes) {
    this.variables = variables
    this.sizes = sizes
    this.fragments = new Map(
      document.definitions
        .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
        .map((fragment) => [fragment.name.value, fragment])
    )
  }

  measure(set: SelectionSetNode): Measure {
    let depth = 0
    let fields = 0
    let cost = 0
    for (const selection of set.selections) {
      const part =
        selection.kind === Kind.FIELD
          ? this.field(selection)
          : selection.kind === Kind.INLINE_FRAGMENT
            ? this.measure(selection.selectionSet)
            : this.spread(selection.name.value)
      depth = Math.max(depth, part.depth)
      fields += part.fields
      cost += part.cost
    }
    return { depth, fields, cost }
  }

  private field(node: FieldNode): Measure {
    // Introspection is deep by nature and of one size; graphql-js's own rule bounds it.
    if (node.name.value.startsWith("__")) return { depth: 1, fields: 1, cost: 0 }
    const inner = node.selectionSet === undefined ? { depth: 0, cost: 0 } : this.measure(node.selectionSet)
    const size = this.sizeOf(node)
    return { depth: inner.depth + 1, fields: 1, cost: size === undefined ? inner.cost : size + size * inner.cost }
  }

  private spread(name: string): Measure {
    const known = this.measured.get(name)
    if (known !== undefined) return known
    const fragment = this.fragments.get(name)
    const measure = fragment === undefined ? { depth: 0, fields: 0, cost: 0 } : this.measure(fragment.selectionSet)
    this.measured.set(name, measure)
    return measure
  }

  /** How many items a sized list may have; undefined for every other field. */
  private sizeOf(node: FieldNode): number | undefined {
    const first = this.valueOf(node.arguments?.find((argument) => argument.name.value === "first"))
    const usual = this.sizes.get(node.name.value)
    const size = typeof first === "number" ? Math.max(first, 0) : usual
    if (node.name.value !== "comparisons" || size === undefined) return size
    const markets = this.valueOf(node.arguments?.find((argument) => argument.name.value === "markets"))
    return Array.isArray(markets) ? Math.min(size, markets.length) : size
  }

  /** A number or a list, as far as a size needs it. */
  private valueOf(argument: ArgumentNode | undefined): unknown {
    const value = argument?.value
    if (value === undefined) return undefined
    if (value.kind === Kind.VARIABLE) return this.variables[value.name.value]
    if (value.kind === Kind.INT) return Number(value.value)
    return value.kind === Kind.LIST ? value.values : undefined
  }
}
