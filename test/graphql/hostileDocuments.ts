/** Section G of the corpus of bad input, as far as it lies in the document: what must be refused wherever it comes in. */

const repeat = (count: number, text: (i: number) => string, between = " "): string =>
  Array.from({ length: count }, (_, i) => text(i)).join(between)

/** Deep without recursion in the schema is what progress → run → failures allows; deeper is refused by name anyway. */
const DEEP = "{ events { nodes { comparisons { offers { outcomes { price { a { b { c } } } } } } } } }"

const cycle = (size: number): string =>
  `{ bookmakers { ...F0 } } ${repeat(size, (i) => `fragment F${i} on Bookmaker { id ...F${(i + 1) % size} }`)}`

const doubling = (levels: number): string =>
  `{ events { nodes { ...F0 } } } ${repeat(levels, (i) => `fragment F${i} on Event { ...F${i + 1} ...F${i + 1} }`)} fragment F${levels} on Event { id }`

export const hostileDocuments: Readonly<{ [name: string]: string }> = {
  "G173 a document deeper than eight levels":
    "{ events { nodes { comparisons { offers { outcomes { outcome } } } listings { bookmaker { reason { text } } } } } }".replace(
      "text",
      repeat(30, () => "text {") + " x " + repeat(30, () => "}")
    ),
  "G174 depth hidden in fragments": DEEP.replace("price", "...P").concat(" fragment P on OutcomePrice { price { x } }"),
  "G175 depth hidden in inline fragments": `{ bookmakers { ${repeat(400, () => "... {")} id ${repeat(400, () => "}")} } }`,
  "G176 a fragment cycle of two": cycle(2),
  "G177 a fragment cycle of fifty": cycle(50),
  "G178 a fragment that spreads itself": cycle(1),
  "G179 fragments that double 25 times": doubling(25),
  "G180 a thousand aliases": `{ ${repeat(1_000, (i) => `a${i}: __typename`)} }`,
  "G181 150 aliases of a dear field": `{ ${repeat(150, (i) => `a${i}: markets { key }`)} }`,
  "G182 20,000 fields that are all the same": `{ bookmakers { ${repeat(20_000, () => "id")} } }`,
  "G183 500 unknown directives": `{ bookmakers { id ${repeat(500, () => "@nope")} } }`,
  "G184 200 valid directives": `{ bookmakers { ${repeat(200, () => "id @include(if: true)")} } }`,
  "G185 one directive 500 times on one field": `{ bookmakers { id ${repeat(500, () => "@skip(if: false)")} } }`,
  "G187 a document of 100,000 tokens": `{ ${repeat(25_000, () => "a b")} }`.slice(0, 90_000),
  "G190 a thousand operations": repeat(1_000, (i) => `query Q${i} { __typename }`),
  "G191 two operations and no name": "query A { __typename } query B { __typename }",
  "G204 a field that is nearly right": "{ event_s { totalCount } }",
  "G205 an enum value that is nearly right": "{ events(sort: KICKOF_ASC) { totalCount } }",
  "G206 __typename ten thousand times": `{ ${repeat(10_000, () => "__typename")} }`,
  "G212 @defer, which is not offered": "{ bookmakers { ... @defer { id } } }",
  "a list that costs more than an operator has": "{ events(first: 200) { nodes { comparisons { id } } } }",
  "an empty document": "",
  "only a comment": "# nothing",
  "a NUL in the document": "{ bookmakers { id\u0000 } }"
}
