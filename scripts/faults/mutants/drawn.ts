/**
 * A small mutation tool: all places of a folder's code where one token may be wrong, and a draw among them.
 *
 * Of our own, because the known ones make every mutant there is, thousands here, and cannot draw. Each mutant has a
 * fingerprint of its text; the draw takes the smallest hashes, so a change elsewhere in the code changes little of it.
 */
import { createHash } from "node:crypto"
import { readFileSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { parseSync } from "vite"
import type { Mutant } from "./Mutant.ts"

export interface DrawnMutant extends Mutant {
  /** `src/odds/Change.ts: was → is`, both without the rest of the file. */
  readonly fingerprint: string
}

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [property: string]: unknown
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The candidates of all TypeScript files below the folder. */
export const candidates = (root: string, folder: string): readonly DrawnMutant[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .flatMap((name) => ofFile(root, `${folder}/${name}`))

export const draw = (all: readonly DrawnMutant[], count: number, seed: number): readonly DrawnMutant[] => {
  const rank = ({ fingerprint }: DrawnMutant): string =>
    createHash("sha256").update(`${seed} ${fingerprint}`).digest("hex")
  return all
    .map((mutant) => ({ mutant, place: rank(mutant) }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .slice(0, count)
    .map(({ mutant }) => mutant)
}

const ofFile = (root: string, file: string): readonly DrawnMutant[] => {
  const source = readFileSync(join(root, file), "utf8")
  const { program } = parseSync(file, source)
  const edits: Edit[] = []
  if (isNode(program)) walk(program, source, edits)
  const seen = new Map<string, number>()
  return edits.flatMap((edit): DrawnMutant[] => {
    const lineStart = source.lastIndexOf("\n", edit.start - 1) + 1
    const lineEnd = source.indexOf("\n", edit.end)
    const was = source.slice(lineStart, lineEnd)
    const is = source.slice(lineStart, edit.start) + edit.text + source.slice(edit.end, lineEnd)
    const text = `${file}: ${squeezed(was)} → ${squeezed(is)}`
    const times = (seen.get(text) ?? 0) + 1
    seen.set(text, times)
    const fingerprint = times === 1 ? text : `${text} (${times})`
    // The whole file, since the place has to be unique.
    return [{ file, from: source, to: source.slice(0, edit.start) + edit.text + source.slice(edit.end), fingerprint }]
  })
}

const squeezed = (text: string): string => text.trim().replaceAll(/\s+/g, " ")

/** What has no behaviour, or only words for people. */
const PASSED_OVER = /^(TS|Import|ExportAll|TemplateElement)/

/** Lines of the log and counts for operators. */
const ONLY_WORDS = /^(?:yield\* )?(?:Effect\.log|Metric\.)/

const walk = (node: Node, source: string, edits: Edit[]): void => {
  if (PASSED_OVER.test(node.type)) return
  edits.push(...editsOf(node, source))
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, source, edits)
  }
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"

const OTHER_OPERATOR: Readonly<{ [operator: string]: string }> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
  "+": "-",
  "-": "+",
  "*": "/",
  "&&": "||",
  "||": "&&",
  "++": "--",
  "--": "++",
  "+=": "-=",
  "-=": "+="
}

const editsOf = (node: Node, source: string): readonly Edit[] => {
  switch (node.type) {
    case "BinaryExpression":
    case "LogicalExpression":
      return operator(node["left"], node["right"], String(node["operator"]), source)
    case "AssignmentExpression":
      return operator(node["left"], node["right"], String(node["operator"]), source)
    case "UpdateExpression": {
      const text = source.slice(node.start, node.end)
      const other = OTHER_OPERATOR[String(node["operator"])]
      return other === undefined
        ? []
        : [{ start: node.start, end: node.end, text: text.replace(String(node["operator"]), other) }]
    }
    case "Literal":
      return literal(node)
    case "IfStatement":
    case "ConditionalExpression":
    case "WhileStatement":
      return isNode(node["test"]) ? [negated(node["test"], source)] : []
    case "ExpressionStatement":
      // An assignment without which the code would not run at all is no fair mutant, but then a test says so.
      return ONLY_WORDS.test(source.slice(node.start, node.end))
        ? []
        : [{ start: node.start, end: node.end, text: ";" }]
    default:
      return []
  }
}

const operator = (left: unknown, right: unknown, sign: string, source: string): readonly Edit[] => {
  const other = OTHER_OPERATOR[sign]
  if (other === undefined || !isNode(left) || !isNode(right)) return []
  const start = source.indexOf(sign, left.end)
  return start === -1 || start >= right.start ? [] : [{ start, end: start + sign.length, text: other }]
}

const literal = ({ end, start, value }: Node): readonly Edit[] => {
  if (typeof value === "boolean") return [{ start, end, text: String(!value) }]
  if (typeof value === "number") return [{ start, end, text: String(value + 1) }]
  return []
}

const negated = ({ end, start }: Node, source: string): Edit => ({
  start,
  end,
  text: `!(${source.slice(start, end)})`
})
