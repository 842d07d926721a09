import { InvalidArgumentError } from 'commander'

export function oneOf<T extends string>(...values: T[]): (text: string) => T {
  return text => {
    const value = values.find(one => one === text)
    if (value === undefined) throw new InvalidArgumentError(`It must be one of ${values.join(', ')}.`)
    return value
  }
}

export function whole(least: number, most: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most) throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
    return value
  }
}

/** The same, or the word that leaves it to others. */
export function wholeOr<W extends string>(word: W, least: number, most: number): (text: string) => number | W {
  const read = whole(least, most)
  return text => (text === word ? word : read(text))
}

export function between(least: number, most: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) || value < least || value > most) throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`)
    return value
  }
}
