/**
 * Damaged payloads and arbitrary JSON through the real decoders of all three bookmakers, judged by the independent
 * reader: nothing crashes, nothing is accepted that the payload does not say, nothing sound is turned away.
 */
import fc from "fast-check"
import { exactly, none } from "./FaultRun.ts"
import type { FaultRun } from "./FaultRun.ts"
import { coercing, overlooking, trusting } from "./fuzz/Controls.ts"
import { makeDecoder } from "./fuzz/Decoders.ts"
import type { Decode } from "./fuzz/Decoders.ts"
import { cutOf } from "./fuzz/Cuts.ts"
import { makeJudge } from "./fuzz/Judge.ts"
import type { Judge } from "./fuzz/Judge.ts"
import { mutated, mutations } from "./fuzz/Mutations.ts"
import type { Mutation } from "./fuzz/Mutations.ts"
import { subjects } from "./fuzz/Subjects.ts"
import type { Subject } from "./fuzz/Subjects.ts"

const CASES = { short: 20_000, long: 200_000 }
const BATCH = 5_000
/** A broken decoder is caught within so many. */
const CONTROL_CASES = 1_000

export const fuzz: FaultRun = {
  name: "fuzz",
  promise: "A damaged payload crashes no decoder, and no price is accepted that it does not state.",
  run: async (size, seed) => {
    const all = await subjects(seed)
    const judge = makeJudge(all)
    const decode = makeDecoder()
    const real = tally()
    const controls = { coercing: tally(), overlooking: tally(), trusting: tally() }
    const rejects = all.flatMap((subject) => untouched(subject, decode, judge))
    for (let done = 0; done < CASES[size]; done += BATCH) {
      for (const drawn of fc.sample(cases, { numRuns: BATCH, seed: seed + done })) {
        const subject = all[drawn.subject % all.length]
        if (subject === undefined) continue
        const text = textOf(drawn, subject)
        judged(real, subject, text, decode, judge)
        if (real.cases > CONTROL_CASES) continue
        judged(controls.coercing, subject, text, coercing(decode), judge)
        judged(controls.overlooking, subject, text, overlooking(decode), judge)
        judged(controls.trusting, subject, text, trusting, judge)
      }
    }
    return {
      checks: [
        none("crashes", real.crashes),
        none("wrong accepts", real.accepts),
        none("wrong rejects of untouched payloads", rejects.length),
        exactly("cases", real.cases, CASES[size])
      ],
      least: [
        { what: "open prices judged", seen: real.prices, atLeast: CASES[size] * 10 },
        { what: "damaged payloads that were taken over at least in part", seen: real.taken, atLeast: CASES[size] / 10 },
        { what: "payloads refused", seen: real.cases - real.taken, atLeast: CASES[size] / 10 }
      ],
      controls: [
        { what: "a decoder that makes numbers of whatever it is given", caught: controls.coercing.accepts > 0 },
        { what: "a decoder that overlooks suspensions", caught: controls.overlooking.accepts > 0 },
        { what: "a decoder that trusts the shape", caught: controls.trusting.crashes > 0 }
      ],
      counts: {
        cases: real.cases,
        payloads: all.length,
        "taken over in part": real.taken,
        "open prices judged": real.prices,
        "events judged": real.events
      },
      notes: [
        `Damaged were ${all.map(({ name, endpoint }) => `${name} (${endpoint})`).join(", ")}.`,
        "Each case has a part of a payload's markets and one to four damages; every tenth is arbitrary JSON.",
        ...[...rejects, ...real.faults].slice(0, 10).map((fault) => `Fault: ${fault}`)
      ]
    }
  }
}

interface Drawn {
  readonly subject: number
  readonly cut: number
  readonly damage: readonly Mutation[] | { readonly arbitrary: unknown }
}

const cases: fc.Arbitrary<Drawn> = fc.record({
  subject: fc.nat(),
  cut: fc.nat(),
  damage: fc.oneof(
    { weight: 9, arbitrary: mutations },
    { weight: 1, arbitrary: fc.record({ arbitrary: fc.jsonValue() }) }
  )
})

const textOf = ({ damage, cut }: Drawn, subject: Subject): string =>
  "arbitrary" in damage ? JSON.stringify(damage.arbitrary) : mutated(cutOf(subject, cut), damage)

interface Tally {
  cases: number
  taken: number
  prices: number
  events: number
  crashes: number
  accepts: number
  readonly faults: string[]
}

const tally = (): Tally => ({ cases: 0, taken: 0, prices: 0, events: 0, crashes: 0, accepts: 0, faults: [] })

const judged = (into: Tally, subject: Subject, text: string, decode: Decode, judge: Judge): void => {
  const { snapshot, listed, crash } = decode(subject, text)
  const wrong = snapshot === undefined ? [] : judge.wrongAccepts(snapshot, subject, text)
  const bad = judge.badEvents(listed)
  into.cases++
  if (listed.length > 0) into.taken++
  into.prices += snapshot?.board.states.filter((state) => state === 0).length ?? 0
  into.events += listed.length
  if (crash !== undefined) into.crashes++
  into.accepts += wrong.length + bad.length
  const faults = [...(crash === undefined ? [] : [crash]), ...wrong, ...bad]
  if (faults.length > 0 && into.faults.length < 20)
    into.faults.push(`${subject.name}: ${faults[0]} (${text.slice(0, 200)})`)
}

/** An event of the simulator's own may be listed nowhere else; a list has no prices to compare. */
const untouched = (subject: Subject, decode: Decode, judge: Judge): readonly string[] => {
  const { snapshot, listed, crash } = decode(subject, subject.text)
  if (crash !== undefined) return [`${subject.name}: ${crash}`]
  if (subject.endpoint === "list") return listed.length > 0 || subject.text.includes('"PAL"') ? [] : [subject.name]
  return judge.wrongRejects(snapshot, subject).map((fault) => `${subject.name}: ${fault}`)
}
