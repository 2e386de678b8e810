/**
 * Which fields an operation asks of an object type, once its variables are known: GraphQL's CollectFields.
 *
 * Fragments are unfolded and `@skip` and `@include` decided here, so that nothing of them is left when odds are read.
 */
import { getDirectiveValues, GraphQLIncludeDirective, GraphQLSkipDirective, Kind } from "graphql"
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  SelectionNode,
  SelectionSetNode,
  VariableValues
} from "graphql"

/** The nodes behind each key of the answer, in the order in which the answer has them. */
export type Selected = ReadonlyMap<string, readonly FieldNode[]>

export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>

export const fragmentsOf = (document: DocumentNode): Fragments =>
  new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : []
    )
  )

/** `type` is the name of an object type; abstract types are not looked through. */
export const selectedOf = (
  type: string,
  sets: readonly SelectionSetNode[],
  fragments: Fragments,
  variables: VariableValues
): Selected => {
  const selected = new Map<string, FieldNode[]>()
  const spread = new Set<string>()
  const collect = (selections: readonly SelectionNode[]): void => {
    for (const node of selections) {
      if (!isAsked(node, variables)) continue
      if (node.kind === Kind.FIELD) {
        const key = node.alias?.value ?? node.name.value
        const nodes = selected.get(key)
        if (nodes === undefined) selected.set(key, [node])
        else nodes.push(node)
        continue
      }
      const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value)
      if (fragment === undefined || (fragment.typeCondition?.name.value ?? type) !== type) continue
      if (node.kind === Kind.FRAGMENT_SPREAD) {
        if (spread.has(node.name.value)) continue
        spread.add(node.name.value)
      }
      collect(fragment.selectionSet.selections)
    }
  }
  for (const { selections } of sets) collect(selections)
  return selected
}

const isAsked = (node: SelectionNode, variables: VariableValues): boolean =>
  getDirectiveValues(GraphQLSkipDirective, node, variables)?.["if"] !== true &&
  getDirectiveValues(GraphQLIncludeDirective, node, variables)?.["if"] !== false
