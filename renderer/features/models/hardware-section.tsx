import { sizeWords } from '#shared/size-words.ts'
import { FactList } from '../../ui/fact-list.tsx'
import { Section } from '../../ui/section.tsx'
import { LoadingState } from '../../ui/states.tsx'
import { MeasureButton } from './measure-button.tsx'
import { backendName, backendWords, hardwareRows } from './hardware-words.ts'
import { useModelsView } from './models-view-store.ts'

/** What this machine has, and why a backend cannot be used. */
export function HardwareSection() {
  const hardware = useModelsView(state => state.hardware)
  if (!hardware) return <Section id="models-machine" title="This machine"><LoadingState text="Looking at this machine" /></Section>
  return (
    <Section id="models-machine" title="This machine" actions={<MeasureButton />}>
      <FactList
        facts={[
          ...hardwareRows(hardware),
          ...hardware.gpus.map(gpu => ({ label: `Graphics card, ${backendName(gpu.backend)}`, value: `${gpu.names.join(', ')}, ${sizeWords(gpu.freeBytes)} of ${sizeWords(gpu.totalBytes)} free` })),
          ...hardware.backends.filter(({ backend }) => backend !== 'cpu').map(state => ({ label: backendName(state.backend), value: backendWords(state), tone: state.isUsable ? ('plain' as const) : ('muted' as const), ...(state.detail === null ? {} : { title: state.detail }) })),
        ]}
      />
      {hardware.backends.some(({ isUsable, detail }) => !isUsable && detail !== null) && (
        <details className="mt-1 text-12 text-muted">
          <summary className="w-fit rounded-small">Why not</summary>
          <ul className="mt-1 flex flex-col gap-1">
            {hardware.backends
              .filter(({ isUsable, detail }) => !isUsable && detail !== null)
              .map(({ backend, detail }) => (
                <li key={backend} className="break-words">
                  {backendName(backend)}: {detail}
                </li>
              ))}
          </ul>
        </details>
      )}
      {!hardware.isComplete && <p className="text-12 text-muted">Graphics cards are being looked for.</p>}
    </Section>
  )
}
