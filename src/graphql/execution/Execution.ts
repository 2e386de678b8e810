/**
 * Answers an operation from memory as JSON text, by a plan made at its first use.
 *
 * graphql-js stays the measure: the text is what `JSON.stringify` gives for its answer, to the byte, and whatever is
 * out of the ordinary is left to it by answering undefined. So an error is always told in its words.
 */
import { Result } from "effect"
import { getVariableValues, Kind, visit } from "graphql"
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode, VariableValues } from "graphql"
import type { GraphQLContext, ResolverMap } from "../Runtime.ts"
import { planOf } from "./Plan.ts"
import type { Plan } from "./Plan.ts"
import { fragmentsOf } from "./Selection.ts"

/** One operation of a document that has been admitted. */
export interface Operation {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
}

export interface Execution {
  /** The variables as the resolvers take them; undefined where they do not fit. */
  readonly variables: (operation: Operation, given: Readonly<Record<string, unknown>>) => VariableValues | undefined
  /** The JSON of `data`; undefined = let graphql-js answer. Nothing but reading may happen in its resolvers. */
  readonly data: (
    operation: Operation,
    variables: VariableValues,
    root: object,
    context: GraphQLContext
  ) => string | undefined
}

export const makeExecution = (schema: GraphQLSchema, resolvers: ResolverMap): Execution => {
  const known = new WeakMap<OperationDefinitionNode, Planned>()

  const plannedFor = ({ document, operation }: Operation): Planned => {
    const found = known.get(operation)
    if (found !== undefined) return found
    const made: Planned = { switches: switchesOf(document), plans: new Map() }
    known.set(operation, made)
    return made
  }

  const planFor = (asked: Operation, variables: VariableValues): Plan | undefined => {
    const { plans, switches } = plannedFor(asked)
    const setting = switches.map((name) => String(variables.coerced[name])).join()
    if (!plans.has(setting) && plans.size < MOST_PLANS) plans.set(setting, freshPlan(asked, variables))
    return plans.get(setting)
  }

  const freshPlan = ({ document, operation }: Operation, variables: VariableValues): Plan | undefined => {
    const root = schema.getRootType(operation.operation) ?? undefined
    return root && planOf(root, operation.selectionSet, fragmentsOf(document), variables, resolvers)
  }

  return {
    variables: ({ operation }, given) =>
      getVariableValues(schema, operation.variableDefinitions ?? [], given).variableValues,
    data: (asked, variables, root, context) =>
      Result.getOrUndefined(
        Result.try(() => {
          const plan = planFor(asked, variables)
          const texts = context.moment?.textsFor(context.caller.role)
          return plan?.write(root, { context, args: plan.argumentsOf(variables), texts })
        })
      )
  }
}

interface Planned {
  /** Variables that decide what is asked for; each setting of them has a plan of its own. */
  readonly switches: readonly string[]
  readonly plans: Map<string, Plan | undefined>
}

/** Six switches; a document that plays more of them is left to graphql-js. */
const MOST_PLANS = 64

const switchesOf = (document: DocumentNode): readonly string[] => {
  const names = new Set<string>()
  visit(document, {
    Directive: ({ arguments: args = [] }) => {
      for (const { value } of args) if (value.kind === Kind.VARIABLE) names.add(value.name.value)
    }
  })
  return [...names]
}
