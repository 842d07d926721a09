import { untitled } from './conversation-state.ts'

const limit = 60

/** A title from the first question: its first words, without marks of markdown. */
export function titleOf(prompt: string): string {
  const line = prompt
    .split('\n')
    .filter(text => !text.startsWith('```'))
    .map(text => text.replace(/^[\s#>*\-`]+/, '').replace(/[`*_]+/g, '').replace(/[\s\p{Cc}]+/gu, ' ').trim())
    .find(text => text !== '')
  if (!line) return untitled
  const characters = [...line]
  if (characters.length <= limit) return line
  const cut = characters.slice(0, limit - 1).join('')
  const space = cut.lastIndexOf(' ')
  return `${(space > limit / 2 ? cut.slice(0, space) : cut).trimEnd()}…`
}
