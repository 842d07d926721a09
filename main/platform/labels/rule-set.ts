import { highest, type Label } from '#shared/sensitivity.ts'
import { secretRules, sharedNames } from './built-in-rules.ts'
import { foldedForms } from './fold-path.ts'
import { GlobSet } from './glob-set.ts'
import { compileGlob } from './globs.ts'

export type RuleSource = 'default' | 'built-in' | 'user' | 'folder' | 'check'

/** A label and what gave it. */
export interface Verdict {
  label: Label
  /** The pattern that decided, or what could not be made sure of. */
  rule: string
  source: RuleSource
  /** What the rule means, in words. */
  why: string
}

export interface WrittenRule {
  glob: string
  label: Label
}

interface ExplainedRule extends WrittenRule {
  why: string
}

const keptVerdicts = 10_000
/** Longer names and deeper paths than any real project's are not matched at all. */
const longestPath = 2048
const deepestPath = 64

class RuleList {
  readonly #rules: readonly ExplainedRule[]
  readonly #globs: GlobSet

  constructor(rules: readonly ExplainedRule[], options?: { isAbsolute: boolean }) {
    this.#rules = rules
    this.#globs = new GlobSet(rules.map(({ glob }) => compileGlob(glob, options)))
  }

  get isEmpty(): boolean {
    return this.#rules.length === 0
  }

  /** In the order in which they were written. */
  matching(form: string, parts?: readonly string[]): ExplainedRule[] {
    // Every index is one of these rules'.
    return this.#globs.matching(form, parts).map(index => this.#rules[index] as ExplainedRule)
  }
}

const builtIn = new RuleList(secretRules.flatMap(({ why, globs }) => globs.map(glob => ({ glob, label: 'secret', why }))))
const sharedSet = new GlobSet(sharedNames.map(glob => compileGlob(glob)))
// A folder's name holds for all that lies below, so that no template's name frees a file in it.
const sharedCannotFree = new Set(secretRules.flatMap(({ globs }) => globs.filter(glob => glob.endsWith('/'))))
const standard: Verdict = { label: 'internal', rule: 'default', source: 'default', why: 'no rule names it' }

/** The verdict when something could not be made sure of: nothing goes out. */
export function unsure(rule: string): Verdict {
  return { label: 'secret', rule, source: 'check', why: 'what cannot be made sure of is treated as secret' }
}

/** The most sensitive verdict; the first of several alike. */
export function strictest(verdicts: readonly Verdict[]): Verdict {
  const top = highest(verdicts.map(verdict => verdict.label))
  return verdicts.find(verdict => verdict.label === top) ?? unsure('no verdict')
}

interface Rules {
  /** The person's own: the last one that matches counts, and may lower a built-in label. */
  user: readonly WrittenRule[]
  /** The folder's: may only raise. */
  folder: readonly WrittenRule[]
}

/** Labels of names. Pure: links, inodes and files that are not there are the caller's. */
export class RuleSet {
  readonly #user: RuleList
  readonly #absolute: RuleList
  readonly #folder: RuleList
  readonly #known = new Map<string, Verdict>()

  constructor({ user, folder }: Rules) {
    const isAbsolute = (glob: string): boolean => /^(\/|[a-z]:[\\/])/i.test(glob)
    const own = user.map(rule => ({ ...rule, why: 'your own rule' }))
    this.#user = new RuleList(own.filter(({ glob }) => !isAbsolute(glob)))
    this.#absolute = new RuleList(own.filter(({ glob }) => isAbsolute(glob)), { isAbsolute: true })
    this.#folder = new RuleList(folder.map(rule => ({ ...rule, why: "a rule of the folder's own file" })))
  }

  /** Whether it matters where on the disk the folder lies: in a place of secrets, or named by the person's own rules. */
  needsAbsolute(root: string): boolean {
    // Places of secrets are hidden folders, and some rules name two parts of a path, of which the folder may be the first.
    return !this.#absolute.isEmpty || foldedForms(`${root}/file`).some(form => /(^|\/)(\.|run(\/|$))/.test(form) || builtInVerdict(form).label === 'secret')
  }

  /** The label of one name of a file: its path in the folder, and where it lies on the disk if that is known. */
  verdict(path: string, absolute: string | null = null): Verdict {
    const key = absolute === null ? path : `${path}\0${absolute}`
    const known = this.#known.get(key)
    if (known) return known
    const verdict = this.#judge(path, absolute)
    if (this.#known.size >= keptVerdicts) this.#known.clear()
    this.#known.set(key, verdict)
    return verdict
  }

  #judge(path: string, absolute: string | null): Verdict {
    const forms = foldedForms(path)
    const absoluteForms = absolute === null ? [] : foldedForms(absolute)
    if ([...forms, ...absoluteForms].some(form => form.length > longestPath || form.split('/').length > deepestPath)) return unsure('path too long to check')
    return strictest(forms.map((form, index) => this.#judgeForm(form, absoluteForms[index] ?? absoluteForms[0] ?? null)))
  }

  #judgeForm(form: string, absolute: string | null): Verdict {
    const parts = form.split('/')
    const own = this.#user.matching(form, parts).at(-1) ?? (absolute === null ? undefined : this.#absolute.matching(absolute).at(-1))
    const base = own ? verdictOf(own, 'user') : strictest([builtInVerdict(form, parts), ...(absolute === null ? [] : [builtInVerdict(absolute)])])
    const raised = this.#folder.matching(form, parts)
    return raised.length === 0 ? base : strictest([base, ...raised.map(rule => verdictOf(rule, 'folder'))])
  }
}

function builtInVerdict(form: string, parts?: readonly string[]): Verdict {
  const matching = builtIn.matching(form, parts)
  const [first] = matching
  if (!first) return standard
  const isShared = sharedSet.matching(form, parts).length > 0 && !matching.some(rule => sharedCannotFree.has(rule.glob))
  return isShared ? standard : verdictOf(first, 'built-in')
}

function verdictOf({ glob, label, why }: ExplainedRule, source: RuleSource): Verdict {
  return { label, rule: glob, source, why }
}
