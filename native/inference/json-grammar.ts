import { AppError } from '#shared/errors.ts'

export type JsonSchema = Record<string, unknown>

/** What a schema may say without any bearing on the text. */
const remarks = new Set('$schema $id $anchor $comment $defs definitions title description default example examples deprecated readOnly writeOnly format contentEncoding contentMediaType'.split(' '))
/** By which a schema narrows a value further than its kind; a grammar for tools leaves them out, since who runs the tool checks its parameters. */
const bounds = new Set('minimum maximum exclusiveMinimum exclusiveMaximum multipleOf pattern uniqueItems minProperties maxProperties propertyNames patternProperties not if then else dependentRequired contains'.split(' '))
const kinds = new Set(['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref', 'properties', 'required', 'additionalProperties', 'items', 'prefixItems', 'minItems', 'maxItems', 'minLength', 'maxLength', 'strict'])
/** llama.cpp refuses grammars that repeat more often. */
const mostRepeats = 1000
const mostRules = 5000

const terminals = {
  // Bounded, so that no model writes blanks for ever.
  space: '( " " | "\\n" [ \\t]{0,20} )?',
  char: '[^"\\\\\\x7F\\x00-\\x1F] | "\\\\" ( ["\\\\/bfnrt] | "u" [0-9a-fA-F]{4} )',
  string: '"\\"" char* "\\""',
  integer: '"-"? ( "0" | [1-9] [0-9]{0,14} )',
  number: 'integer ( "." [0-9]{1,16} )? ( [eE] [-+]? [0-9]{1,3} )?',
  boolean: '"true" | "false"',
  null: '"null"',
  value: 'object | array | string | number | boolean | null',
  object: '"{" space ( member ( "," space member )* )? "}"',
  member: 'string ":" space value space',
  array: '"[" space ( value space ( "," space value space )* )? "]"',
}

/** GBNF of any JSON object: a bare number or text is not what the three interfaces promise where JSON is asked for. */
export function jsonGrammar(): string {
  return grammarOf('object', [])
}

/**
 * GBNF of the JSON texts that follow a schema. Properties come in the schema's order; an object that names properties has no others, unless
 * the schema allows them. Throws SCHEMA_UNSUPPORTED. `isLenient`: bounds that a grammar cannot hold are left out instead of refused.
 */
export function schemaGrammar(schema: JsonSchema, { isLenient = false } = {}): string {
  const rules = new Rules(schema, isLenient)
  return grammarOf(rules.of(schema, ''), rules.lines)
}

/** GBNF of one of some texts. */
export function choiceGrammar(texts: readonly string[]): string {
  return `root ::= ${texts.map(literal).join(' | ')}`
}

/** GBNF of either: JSON as `grammar` has it, or a text that begins with `beginning` and goes on freely. */
export function orFreely(grammar: string, beginning: string): string {
  return grammar.replace(/^root ::= (.*)$/m, (_line, root: string) => `root ::= ${root} | ${literal(beginning)} [^\\x00]*`)
}

function grammarOf(root: string, lines: readonly string[]): string {
  return [`root ::= ${root}`, ...lines, ...Object.entries(terminals).map(([name, body]) => `${name} ::= ${body}`)].join('\n')
}

export function literal(text: string): string {
  const escapes: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
  return `"${[...text].map(character => escapes[character] ?? character).join('')}"`
}

const isObject = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null && !Array.isArray(value)

class Rules {
  readonly lines: string[] = []
  readonly #whole: JsonSchema
  readonly #isLenient: boolean
  readonly #names = new Map<JsonSchema, string>()

  constructor(whole: JsonSchema, isLenient: boolean) {
    this.#whole = whole
    this.#isLenient = isLenient
  }

  /** The name of the rule for a schema; `path` is where it stands, for messages. */
  of(schema: unknown, path: string): string {
    if (schema === true || (isObject(schema) && Object.keys(schema).every(key => remarks.has(key)))) return 'value'
    if (!isObject(schema)) return this.#fail(path, 'is no schema that anything satisfies')
    const known = this.#names.get(schema)
    if (known) return known
    // The name first: a schema may refer to itself.
    const name = this.#newName()
    this.#names.set(schema, name)
    this.lines.push(`${name} ::= ${this.#body(schema, path)}`)
    return name
  }

  #body(schema: JsonSchema, path: string): string {
    this.#check(schema, path)
    if ('$ref' in schema) return this.of(this.#target(schema['$ref'], path), path)
    if ('const' in schema) return literal(JSON.stringify(schema['const']))
    if ('enum' in schema) return this.#enum(schema['enum'], path)
    const choices = schema['anyOf'] ?? schema['oneOf']
    if (choices !== undefined) return this.#choices(choices, schema, path)
    if ('allOf' in schema) return this.#merged(schema, path)
    const { type } = schema
    if (Array.isArray(type)) return type.map(each => this.of({ ...schema, type: each as unknown }, path)).join(' | ') || this.#fail(path, 'allows no type')
    if (type === 'object' || (type === undefined && ('properties' in schema || 'additionalProperties' in schema))) return this.#object(schema, path)
    if (type === 'array' || (type === undefined && ('items' in schema || 'prefixItems' in schema))) return this.#array(schema, path)
    if (type === 'string' || (type === undefined && ('minLength' in schema || 'maxLength' in schema))) return this.#string(schema, path)
    if (type === undefined) return 'value'
    if (type === 'integer' || type === 'number' || type === 'boolean' || type === 'null') return type
    return this.#fail(path, `has the unknown type ${JSON.stringify(type)}`)
  }

  #check(schema: JsonSchema, path: string): void {
    for (const key of Object.keys(schema)) {
      if (remarks.has(key) || kinds.has(key) || isIdleBound(key, schema[key])) continue
      if (!this.#isLenient || !bounds.has(key)) this.#fail(path, `uses “${key.slice(0, 60)}”, which answers cannot be held to`)
    }
  }

  #target(reference: unknown, path: string): unknown {
    if (typeof reference !== 'string' || !(reference === '#' || reference.startsWith('#/'))) return this.#fail(path, 'refers to another document')
    let target: unknown = this.#whole
    for (const part of reference.split('/').slice(1)) {
      const key = (decoded(part) ?? this.#fail(path, 'has a reference that cannot be read')).replaceAll('~1', '/').replaceAll('~0', '~')
      target = isObject(target) && Object.hasOwn(target, key) ? target[key] : Array.isArray(target) ? (target as unknown[])[Number(key)] : undefined
    }
    return target ?? this.#fail(path, `refers to ${reference.slice(0, 100)}, which is not there`)
  }

  #enum(values: unknown, path: string): string {
    if (!Array.isArray(values) || values.length === 0) return this.#fail(path, 'allows no value')
    return values.map(value => literal(JSON.stringify(value))).join(' | ')
  }

  #choices(choices: unknown, schema: JsonSchema, path: string): string {
    if (!Array.isArray(choices) || choices.length === 0) return this.#fail(path, 'allows no value')
    const { anyOf: _any, oneOf: _one, ...rest } = schema
    const hasRest = Object.keys(rest).some(key => !remarks.has(key))
    return choices.map((choice: unknown) => this.of(hasRest && isObject(choice) ? this.#join([rest, choice], path) : choice, path)).join(' | ')
  }

  #merged(schema: JsonSchema, path: string): string {
    const { allOf, ...rest } = schema
    if (!Array.isArray(allOf)) return this.#fail(path, 'has an “allOf” that is no list')
    return this.of(this.#join([...(allOf as unknown[]), rest], path), path)
  }

  /** One schema of several that hold at once: only objects' properties can be laid together. */
  #join(parts: readonly unknown[], path: string): JsonSchema {
    const joined: JsonSchema = {}
    for (let part of parts) {
      if (isObject(part) && '$ref' in part) part = this.#target(part['$ref'], path)
      if (!isObject(part)) return this.#fail(path, 'joins what is no schema')
      for (const [key, value] of Object.entries(part)) {
        const former = joined[key]
        if (former === undefined || remarks.has(key) || JSON.stringify(former) === JSON.stringify(value)) joined[key] = value
        else if (key === 'properties' && isObject(former) && isObject(value)) joined[key] = { ...former, ...value }
        else if (key === 'required' && Array.isArray(former) && Array.isArray(value)) joined[key] = [...new Set([...(former as unknown[]), ...(value as unknown[])])]
        else if (key === 'additionalProperties') joined[key] = false
        else this.#fail(path, `joins two different kinds of “${key.slice(0, 60)}”`)
      }
    }
    return joined
  }

  #object(schema: JsonSchema, path: string): string {
    const properties = Object.entries(isObject(schema['properties']) ? schema['properties'] : {})
    const required = new Set(Array.isArray(schema['required']) ? (schema['required'] as unknown[]) : [])
    const additional = schema['additionalProperties'] ?? properties.length === 0
    // A required property that is not described may be anything.
    for (const name of required) if (typeof name === 'string' && !properties.some(([known]) => known === name)) properties.push([name, additional === false ? true : additional])
    const extra = additional === false ? null : this.#rule(`string ":" space ${this.of(additional, `${path}/*`)} space`)
    // From the last property to the first: what may follow when something was written already, and when nothing was.
    let next = extra ? this.#rule(`( "," space ${extra} )*`) : null
    let first = extra ? this.#rule(`( ${extra} ( "," space ${extra} )* )?`) : null
    for (const [name, value] of properties.reverse()) {
      const member = this.#rule(`${literal(JSON.stringify(name))} space ":" space ${this.of(value, `${path}/${name}`)} space`)
      const [after, without]: [string, string | null] = [next ?? '', first]
      if (required.has(name)) {
        next = this.#rule(`"," space ${member} ${after}`)
        first = this.#rule(`${member} ${after}`)
      } else {
        next = this.#rule(`( "," space ${member} )? ${after}`)
        first = this.#rule(`${member} ${after} | ${without ?? '""'}`)
      }
    }
    return `"{" space ${first ?? ''} "}"`
  }

  #array(schema: JsonSchema, path: string): string {
    const least = countOf(schema['minItems']) ?? 0
    const most = countOf(schema['maxItems'])
    if (least > mostRepeats || (most !== null && (most > mostRepeats || most < least))) this.#fail(path, 'has bounds of its length that answers cannot be held to')
    const fixed = Array.isArray(schema['prefixItems']) ? (schema['prefixItems'] as unknown[]) : []
    const items = fixed.map((item, index) => `${this.of(item, `${path}/${index}`)} space`)
    if (fixed.length > 0) return `"[" space ${items.join(' "," space ')} "]"`
    if (most === 0) return '"[" space "]"'
    const item = this.#rule(`${this.of(schema['items'] ?? true, `${path}/items`)} space`)
    const list = `${item} ( "," space ${item} ){${Math.max(least - 1, 0)},${most === null ? '' : most - 1}}`
    return `"[" space ${least === 0 ? `( ${list} )?` : list} "]"`
  }

  #string(schema: JsonSchema, path: string): string {
    const least = countOf(schema['minLength']) ?? 0
    const most = countOf(schema['maxLength'])
    if (least === 0 && most === null) return 'string'
    if (least > mostRepeats || (most !== null && (most > mostRepeats || most < least))) {
      if (this.#isLenient) return 'string'
      this.#fail(path, 'has bounds of its length that answers cannot be held to')
    }
    return `"\\"" char{${least},${most ?? ''}} "\\""`
  }

  #rule(body: string): string {
    const name = this.#newName()
    this.lines.push(`${name} ::= ${body}`)
    return name
  }

  #newName(): string {
    const name = `r${this.#counter++}`
    if (this.#counter > mostRules) this.#fail('', 'is too large')
    return name
  }

  #counter = 0

  #fail(path: string, what: string): never {
    throw new AppError('SCHEMA_UNSUPPORTED', { reason: `The schema ${path === '' ? '' : `at ${path.slice(0, 200)} `}${what}.` })
  }
}

/** Bounds that every number of the grammar keeps anyway: those of safe whole numbers, as schema libraries write them. */
function isIdleBound(key: string, value: unknown): boolean {
  if (key === 'minimum') return value === Number.MIN_SAFE_INTEGER
  if (key === 'maximum') return value === Number.MAX_SAFE_INTEGER
  return false
}

function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}
