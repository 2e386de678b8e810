/**
 * The arrays we send and read, as the driver's types.
 *
 * The driver would otherwise ask the server for them on every new connection, in a query whose failure nobody hears: a
 * server that shuts down at that moment would end the process.
 */

const TEXTS = 1009
const INTEGERS = 1007

export const ARRAY_TYPES = {
  texts: {
    to: TEXTS,
    from: [TEXTS],
    serialize: (values: readonly string[]) => writeTexts(values),
    parse: (form: string): readonly string[] => readTexts(form)
  },
  integers: {
    to: INTEGERS,
    from: [INTEGERS],
    serialize: (values: readonly number[]) => `{${values.join()}}`,
    parse: (form: string): readonly number[] => (form === "{}" ? [] : form.slice(1, -1).split(",").map(Number))
  }
}

const writeTexts = (values: readonly string[]): string =>
  `{${values.map((value) => `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join()}}`

const readTexts = (form: string): string[] =>
  Array.from(form.matchAll(/"((?:[^"\\]|\\.)*)"|[^,{}"]+/g), ([whole, quoted]) =>
    quoted === undefined ? whole : quoted.replaceAll(/\\(.)/g, "$1")
  )
