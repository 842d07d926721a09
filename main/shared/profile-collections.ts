/**
 * Collections of documents that belong to one profile on one machine and leave it in no export, nor come in by one: secrets, what a person allowed
 * there, and what was tried and measured there.
 */
export const profileCollections: readonly string[] = ['secrets', 'egress', 'trusted-folders', 'false-alarms', 'self-test', 'storage.restored', 'storage.clock', 'engine-threads', 'engine-speculation', 'benchmarks', 'engine', 'model-options', 'model-server.clients', 'hardware', 'model-speeds', 'downloads', 'download-pins', 'library-folders', 'model-origins']
