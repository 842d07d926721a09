import { create } from 'zustand'
import type { BottomView, Feature, PageKind, RightView, SideView, StatusItem } from './feature.ts'

interface FeatureListState {
  features: readonly Feature[]
  sideViews: readonly SideView[]
  bottomViews: readonly BottomView[]
  rightViews: readonly RightView[]
  statusItems: readonly StatusItem[]
  pageKinds: ReadonlyMap<string, PageKind>
}

/** The features of this window as the frame draws them; `main.tsx` sets it once. */
export const useFeatureList = create<FeatureListState>(() => ({ features: [], sideViews: [], bottomViews: [], rightViews: [], statusItems: [], pageKinds: new Map() }))

export function setFeatures(features: readonly Feature[]): void {
  const byOrder = <T extends { order: number }>(items: T[]): T[] => items.toSorted((one, other) => one.order - other.order)
  useFeatureList.setState({
    features,
    sideViews: byOrder(features.flatMap(feature => feature.sideViews ?? [])),
    bottomViews: byOrder(features.flatMap(feature => feature.bottomViews ?? [])),
    rightViews: features.flatMap(feature => feature.rightViews ?? []),
    statusItems: byOrder(features.flatMap(feature => feature.statusItems ?? [])),
    pageKinds: new Map(features.flatMap(feature => feature.pages ?? []).map(kind => [kind.kind, kind])),
  })
}
