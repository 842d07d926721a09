import { useEffect, useRef } from 'react'
import { watchEngine } from '../../rpc/engine.ts'
import type { PageProps } from '../../shell/feature.ts'
import { usePageFocus } from '../../shell/page-focus.ts'
import { ServerSection } from './server/server-section.tsx'
import { ActivitySection } from './activity-section.tsx'
import { useSampling } from './activity-history.ts'
import { AddSection } from './add-section.tsx'
import { CatalogueSection } from './catalogue-section.tsx'
import { DownloadsSection } from './downloads-section.tsx'
import { DropTarget } from './drop-target.tsx'
import { HardwareSection } from './hardware-section.tsx'
import { InstalledSection } from './installed-section.tsx'
import { LoadedSection } from './loaded-section.tsx'
import { MemorySection } from './memory-section.tsx'
import { ModelsDialogs } from './models-dialogs.tsx'
import { ModelsHead } from './models-head.tsx'
import { useModelsWatches } from './models-view-store.ts'
import { PresetsSection } from './presets-section.tsx'
import { RolesSection } from './roles-section.tsx'
import { SectionLinks } from './section-links.tsx'

/** What is loaded and what it does, what is here, and what could be. Aside: what each is for, ways to add one, other programs, the machine. */
export function ModelsPage({ page, isActive }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  usePageFocus(page.id, isActive, heading)
  useEffect(watchEngine, [])
  useModelsWatches()
  useSampling(isActive)
  return (
    <DropTarget>
      <SectionLinks />
      <div className="relative min-h-0 flex-1 overflow-y-auto">
        <div className="grid min-h-full grid-cols-[minmax(0,1fr)_320px] @max-[900px]:grid-cols-1">
          <div className="@container min-w-0 px-8 pt-7 pb-12 @max-[560px]:px-4">
            <div className="flex min-w-0 flex-col gap-7">
              <ModelsHead heading={heading} />
              <MemorySection />
              <LoadedSection />
              <DownloadsSection />
              <InstalledSection />
              <CatalogueSection />
            </div>
          </div>
          <aside
            aria-label="About models"
            className="flex min-w-0 flex-col gap-6 border-l border-line bg-surface-1 px-6 pt-7 pb-8 @max-[900px]:block @max-[900px]:columns-2 @max-[900px]:gap-x-10 @max-[900px]:border-t @max-[900px]:border-l-0 @max-[900px]:px-8 @max-[900px]:*:mb-7 @max-[900px]:*:break-inside-avoid @max-[560px]:columns-1 @max-[560px]:px-4"
          >
            <RolesSection />
            <AddSection />
            <PresetsSection />
            <ServerSection />
            <ActivitySection />
            <HardwareSection />
          </aside>
        </div>
      </div>
      <ModelsDialogs />
    </DropTarget>
  )
}
