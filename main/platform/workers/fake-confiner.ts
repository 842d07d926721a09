import { asItIs, type Confined, type Confinement, type Confiner } from './confinement.ts'

/** Claims what it is told to; confines nothing. */
export class FakeConfiner implements Confiner {
  readonly asked: Confinement[] = []
  readonly #answer: Confined

  constructor(answer: Confined = asItIs('This is a test.')) {
    this.#answer = answer
  }

  async confine(confinement: Confinement): Promise<Confined> {
    this.asked.push(confinement)
    return this.#answer
  }
}
