import { writeFileSync } from 'node:fs'

/** A vitest reporter that writes down the errors that belong to no test, which vitest's own report in JSON leaves out: an array of strings, empty when there were none. */
export default class UnhandledErrors {
  #file

  onInit({ config }) {
    this.#file = config.outputFile.unhandled
  }

  onTestRunEnd(_modules, errors) {
    writeFileSync(this.#file, JSON.stringify(errors.map(describe)))
  }
}

function describe(error) {
  const where = [error.VITEST_TEST_PATH, error.VITEST_TEST_NAME].filter(Boolean).join(': ')
  return [error.type, where, error.stack ?? error.message ?? String(error)].filter(Boolean).join('\n')
}
