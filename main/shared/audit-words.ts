import type { AuditFinding, AuditReport } from './contract/audit.ts'

const count = (value: number): string => value.toLocaleString('en-US')

/** What a finding means, as one sentence. */
export function findingText({ finding, from, to, field, isNoted }: AuditFinding): string {
  const noted = isNoted ? ' Cortex noticed at its next start.' : ''
  const entries = from === to ? `Entry ${count(from)}` : `Entries ${count(from)} to ${count(to)}`
  const number = to - from + 1
  switch (finding) {
    case 'edited':
      return `${entries} ${from === to ? 'was' : 'were'} edited${field === null ? '' : field === 'content' ? ': what it says is not what was written' : field === 'hash' ? ': its hash' : ': its MAC'}.`
    case 'removed':
      return `${entries} ${from === to ? 'was' : 'were'} removed (${count(number)}).${noted}`
    case 'inserted':
      return `${entries} ${from === to ? 'was' : 'were'} put in: no chain of this profile holds ${from === to ? 'it' : 'them'}.`
    case 'reordered':
      return `Entries ${count(from)} and ${count(to)} changed places.`
    case 'truncated':
      return `The end was cut off: at least ${count(number)} ${number === 1 ? 'entry' : 'entries'} after entry ${count(from - 1)} ${number === 1 ? 'is' : 'are'} missing.`
    case 'end-missing':
      return 'The closing line is missing: whether the end was cut off cannot be told.'
    case 'some-missing':
      return `${count(number)} ${number === 1 ? 'entry is' : 'entries are'} missing. Which cannot be told: the export holds a selection.`
    case 'other-key':
      return `${entries} ${from === to ? 'was' : 'were'} chained with another key: this profile did not write ${from === to ? 'it' : 'them'}.`
    case 'last-entry-differs':
      return `Entry ${count(from)} ${isNoted ? 'follows an end that is not the one' : 'is not the last entry'} that the head file names.${noted}`
    case 'head-missing':
      return `The head file is missing${isNoted ? ` since before entry ${count(from)}` : ''}: whether the end was cut off cannot be told.${noted}`
    case 'head-damaged':
      return `The head file was edited or damaged${isNoted ? ` before entry ${count(from)}` : ''}: whether the end was cut off cannot be told.${noted}`
    case 'head-foreign':
      return `The head file belongs to another profile${isNoted ? ` since before entry ${count(from)}` : ''}: whether the end was cut off cannot be told.${noted}`
    case 'head-behind':
      return `The head file is older than the log (entry ${count(from)}): an earlier copy of it was put in its place, or the power failed.${noted}`
    case 'seal-invalid':
      return `The seal at entry ${count(from)} is not the profile's.`
    case 'seal-missing':
      return `The seal at entry ${count(from)} is missing or is not of what stands before it.`
    case 'seal-differs':
      return `The seal at entry ${count(from)} does not fit the entries before it: they were written anew.`
  }
}

/** The result of a verification, as one sentence. */
export function reportText({ findings, entries, seals }: Pick<AuditReport, 'findings' | 'entries' | 'seals'>): string {
  const checked = `${count(entries)} ${entries === 1 ? 'entry' : 'entries'} and ${count(seals)} ${seals === 1 ? 'seal' : 'seals'} checked`
  return findings.length === 0 ? `Chain intact: ${checked}.` : `Chain broken, ${count(findings.length)} ${findings.length === 1 ? 'finding' : 'findings'}: ${checked}.`
}
