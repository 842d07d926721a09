import { describe, expect, it } from 'vitest'
import { pageCommands } from '../shell/page-commands.ts'
import { shellCommands } from '../shell/shell-commands.ts'
import { features } from './index.ts'

const commands = [...shellCommands, ...pageCommands, ...features.flatMap(feature => feature.commands ?? [])]
const keptByBrowsers = ['Ctrl+W', 'Ctrl+T', 'Ctrl+N', 'Ctrl+Shift+W', 'Ctrl+Shift+T', 'Ctrl+Shift+N', 'Ctrl+PageUp', 'Ctrl+PageDown', 'Ctrl+Tab', 'Ctrl+Shift+Tab']

function repeated(values: readonly string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) !== index)
}

describe('the commands of the whole window', () => {
  it('have ids of their own, and words in sentence case', () => {
    expect(repeated(commands.map(command => command.id))).toEqual([])
    const odd = commands.filter(({ title }) => !/^[A-Z]/.test(title) || /[.!]$/.test(title) || /\s[A-Z][a-z]/.test(title.replace(/Cortex|Markdown/g, '')))
    expect(odd.map(command => command.title)).toEqual([])
  })

  it('never share a key in the same scope', () => {
    const bindings = commands.flatMap(({ keys = [], keyScope = 'everywhere' }) => keys.map(binding => `${keyScope} ${binding.toLowerCase()}`))
    expect(repeated(bindings)).toEqual([])
  })

  it('have a second key where browsers keep the first', () => {
    const stranded = commands.filter(({ keys = [] }) => keys.length > 0 && keys.every(key => keptByBrowsers.includes(key)))
    expect(stranded.map(command => command.id)).toEqual([])
  })

  it('write keys in one way', () => {
    const odd = commands.flatMap(({ keys = [] }) => keys).filter(key => !/^(Ctrl\+)?(Alt\+)?(Shift\+)?([A-Z0-9]|F\d{1,2}|[`\\[\],.;'/=-]|Enter|Escape|Delete|Backspace|Tab|Space|Home|End|Insert|Page(Up|Down)|Arrow(Up|Down|Left|Right))$/.test(key))
    expect(odd).toEqual([])
  })
})
