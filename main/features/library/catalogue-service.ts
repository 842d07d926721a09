import type { Catalogue } from '#shared/model-catalogue.ts'
import type { Log } from '../../platform/log/log.ts'
import { noCatalogue, readCatalogue } from './catalogue.ts'

/** The catalogue that ships with Cortex; an empty one where it is not as it was built, so that everything else still works. */
export function bundledCatalogue(resources: string, log: Log): Catalogue {
  try {
    return readCatalogue(resources)
  } catch (error) {
    log.error('The catalogue of models is not used', { reason: error instanceof Error ? error.message.slice(0, 200) : 'unknown' })
    return noCatalogue
  }
}
