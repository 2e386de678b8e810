/** Drawn mutants that no test can or need catch, by their fingerprint, with the reason. */
export const EXPLAINED: Readonly<{ [fingerprint: string]: string }> = {
  "src/odds/Image.ts: const size = arrays.reduce((sum, array) => sum + array.byteLength, 8 + header.length + shape.length) → const size = arrays.reduce((sum, array) => sum + array.byteLength, 9 + header.length + shape.length)":
    "One unused byte at the end of an image, which nobody reads.",
  "src/odds/Image.ts: const [milliEnd = 0, previousEnd = 0, sinceEnd = 0, changedEnd = 0] = ends → const [milliEnd = 0, previousEnd = 0, sinceEnd = 1, changedEnd = 0] = ends":
    "The default is for the compiler: the array has four elements.",
  "src/odds/Observe.ts: milli: new Int32Array(0), → milli: new Int32Array(1),":
    "A book of nothing has a shape without outcomes, so nothing of its columns is read.",
  "src/odds/Reading.ts: if (order < 0) low = middle + 1 → if (order <= 0) low = middle + 1":
    "Equal has been answered in the line before."
}
