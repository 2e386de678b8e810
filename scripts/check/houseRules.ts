/**
 * The bans of the house that oxlint has no rule for, as an oxlint plugin: syntax that is looked for in the tree
 * and not in the text, so that a word in a comment or a string is no offence.
 */

interface Node {
  readonly type: string
}

interface Reporter {
  readonly report: (finding: { readonly node: Node; readonly message: string }) => void
}

interface AsExpression extends Node {
  readonly typeAnnotation: Node & { readonly typeName?: { readonly name?: string } }
}

interface AsyncFunction extends Node {
  readonly async: boolean
}

interface MemberCall extends Node {
  readonly object: { readonly name?: string }
  readonly property: { readonly name?: string }
}

const ban =
  (message: string) =>
  (context: Reporter) =>
  (node: Node): void =>
    context.report({ node, message })

const noCast = {
  create: (context: Reporter) => ({
    TSAsExpression: (node: AsExpression): void => {
      if (node.typeAnnotation.typeName?.name !== "const") {
        context.report({
          node,
          message: "No casts: decode the value, or let its type follow from it (`as const` is fine)."
        })
      }
    },
    TSTypeAssertion: ban("No casts: decode the value, or let its type follow from it.")(context)
  })
}

const noThrow = {
  create: (context: Reporter) => ({
    ThrowStatement: ban("No throw here: fail the Effect, or answer with a value.")(context),
    TryStatement: ban("No try here: use Effect.try or Effect.tryPromise.")(context)
  })
}

const noAsync = {
  create: (context: Reporter) => {
    const report = ban("No promises here: wrap the callback with Effect.callback or Effect.tryPromise.")(context)
    const visit = (node: AsyncFunction): void => {
      if (node.async) report(node)
    }
    return {
      AwaitExpression: report,
      FunctionDeclaration: visit,
      FunctionExpression: visit,
      ArrowFunctionExpression: visit
    }
  }
}

const CLOCKS = new Set(["Date.now", "Math.random", "performance.now"])

const noGlobals = {
  create: (context: Reporter) => ({
    MemberExpression: (node: MemberCall): void => {
      const name = `${node.object.name}.${node.property.name}`
      if (CLOCKS.has(name)) {
        context.report({ node, message: `No ${name} here: time comes from Clock, chance from Random.` })
      }
    },
    NewExpression: (
      node: Node & { readonly callee: { readonly name?: string }; readonly arguments: readonly Node[] }
    ): void => {
      if (node.callee.name === "Date" && node.arguments.length === 0) {
        context.report({ node, message: "No new Date() here: time comes from Clock." })
      }
    }
  })
}

const noRun = {
  create: (context: Reporter) => ({
    MemberExpression: (node: MemberCall): void => {
      if (node.object.name === "Effect" && node.property.name?.startsWith("run") === true) {
        context.report({ node, message: "Effect.run* belongs in main.ts and graphql/Runtime.ts." })
      }
    }
  })
}

// The default export is what oxlint asks of a plugin.
export default {
  meta: { name: "house" },
  rules: {
    "no-cast": noCast,
    "no-throw": noThrow,
    "no-async": noAsync,
    "no-globals": noGlobals,
    "no-run": noRun
  }
}
