/**
 * The simulator's time: the machine's, or set by command.
 *
 * A set clock goes on from there unless it is frozen; latencies always take real time.
 */
export class SimulatorClock {
  readonly #machine: () => number
  #offset = 0
  #frozenAt: number | undefined

  constructor(machine: () => number) {
    this.#machine = machine
  }

  now(): number {
    return this.#frozenAt ?? this.#machine() + this.#offset
  }

  set(time: number): void {
    this.#offset = time - this.#machine()
    if (this.#frozenAt !== undefined) this.#frozenAt = time
  }

  freeze(): void {
    this.#frozenAt = this.now()
  }

  /** Goes on from where it stands. */
  thaw(): void {
    const at = this.now()
    this.#frozenAt = undefined
    this.#offset = at - this.#machine()
  }

  get frozen(): boolean {
    return this.#frozenAt !== undefined
  }
}
