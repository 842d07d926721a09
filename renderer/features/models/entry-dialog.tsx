import type { CatalogueItem, FileState } from '#shared/contract/library.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { FactList, type Fact } from '../../ui/fact-list.tsx'
import { askForDownload } from './ask-for-download.ts'
import { compareWith, entryKey, modelKey } from './compare-choice.ts'
import { licenceNote, licenceWords } from './catalogue-rows.ts'
import { diskWords, expectedWords, fitSentence, fitWords } from './fit-words.ts'
import { loadModelAs } from './load-model-as.ts'
import { contextWords, weightWords } from './model-words.ts'
import { openModelsDialog, useModelsView } from './models-view-store.ts'

const unknown = 'not known'

/** All that the catalogue says of one file, with what nobody published said to be so. */
export function EntryDialog({ entryId, quantization }: { entryId: string; quantization: string }) {
  const item = useModelsView(({ library }) => library?.catalogue.find(({ entry }) => entry.id === entryId))
  const file = item?.files.find(one => one.quantization === quantization)
  const close = (): void => openModelsDialog(null)
  if (!item || !file) return null
  const { entry } = item
  const { modelId } = file
  const note = licenceNote(entry)
  return (
    <Dialog
      isOpen
      onClose={close}
      width={560}
      title={`${entry.name}, ${quantization}`}
      description={fitSentence(file.fit)}
      footer={
        <>
          <Button variant="quiet" onClick={() => compareWith(modelId === null ? entryKey(entryId, quantization) : modelKey(modelId))}>
            Compare with others
          </Button>
          {modelId !== null ? (
            <Button
              variant="primary"
              onClick={() => {
                close()
                void loadModelAs(modelId)
              }}
            >
              Load
            </Button>
          ) : (
            <Button
              variant={file.fit.verdict === 'too-big' ? 'secondary' : 'primary'}
              onClick={() => {
                close()
                askForDownload.start({ kind: 'catalogue', entryId, quantization }, { note })
              }}
            >
              {file.fit.verdict === 'too-big' ? 'Download anyway' : 'Download'}
            </Button>
          )}
        </>
      }
    >
      <FactList facts={factsOf(item, file)} />
      {note !== null && <p className="mt-2 text-12 text-warn">{note}</p>}
      {entry.promptNote !== null && <p className="mt-2 text-12 text-muted">{entry.promptNote}</p>}
      {entry.fillNote !== null && <p className="mt-2 text-12 text-muted">{entry.fillNote}</p>}
    </Dialog>
  )
}

function factsOf({ entry }: CatalogueItem, file: FileState): Fact[] {
  const fit = fitWords(file.fit)
  const weights = entry.parameters === null ? unknown : weightWords(entry.parameters)
  return [
    { label: 'On this machine', value: fit.text, tone: fit.tone === 'ok' ? 'plain' : fit.tone },
    { label: 'Estimated speed', value: expectedWords(file.fit) },
    { label: 'Size', value: diskWords(file).text },
    { label: 'For', value: entry.uses.join(', ') },
    { label: 'Weights', value: entry.activeParameters === null ? weights : `${weights}, ${weightWords(entry.activeParameters)} used for a token` },
    { label: 'Context', value: entry.contextTokens === null ? unknown : contextWords(entry.contextTokens) },
    ...(entry.dimensions === null ? [] : [{ label: 'Length of its vectors', value: entry.dimensions.toLocaleString('en-US') }]),
    { label: 'Languages', value: entry.languages === null ? unknown : entry.languages.length > 8 ? `${entry.languages.length} languages` : entry.languages.join(', '), ...(entry.languages === null ? {} : { title: entry.languages.join(', ') }) },
    { label: 'Code', value: entry.codeLanguages ?? unknown },
    { label: 'Licence', value: licenceWords(entry.licence), tone: entry.licence.isPermissive ? 'plain' : 'warn' },
    { label: 'Repository', value: entry.repository },
  ]
}
