/** A map of the city for as long as its component lives. */
import {
  NavigationControl,
  ScaleControl,
  AttributionControl,
  type Map as MapLibre,
} from 'maplibre-gl'
import { onBeforeUnmount, onMounted, ref, shallowRef, watch, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { baseMap } from '@/map/base'
import { palette } from '@/map/colours'
import { makeMap } from '@/map/engine'
import { addMarks } from '@/map/icons'
import { cityStyle, type Level } from '@/map/style'
import { useCity } from '@/stores/city'
import { useLive } from '@/stores/live'

export interface View {
  lon: number
  lat: number
  zoom: number
}

export interface BoardOptions {
  level: Level | null
  /** The query of the tiles of cases. */
  query: string
  view: View | null
  interactive: boolean
  dark: boolean
}

/** The sample of a country, where no grid has been imported yet. */
const ANYWHERE: [number, number, number, number] = [73, 18, 135, 53]

export function useBoard(container: Ref<HTMLElement | undefined>, options: () => BoardOptions) {
  const { t } = useI18n()
  const city = useCity()
  const live = useLive()
  /** Null until its style is there. */
  const map = shallowRef<MapLibre | null>(null)
  const trouble = ref<unknown>(null)
  let made: MapLibre | null = null
  let gone = false

  async function open(): Promise<void> {
    const { level, query, view, interactive, dark } = options()
    const { basemap, bounds } = await city.load()
    const colours = palette(dark)
    const base = await baseMap(basemap, colours)
    if (gone || !container.value) return
    made = makeMap({
      container: container.value,
      style: cityStyle(base, colours, level, query),
      interactive,
      locale: {
        'Map.Title': t('map.title'),
        'NavigationControl.ZoomIn': t('map.zoomIn'),
        'NavigationControl.ZoomOut': t('map.zoomOut'),
        'AttributionControl.ToggleAttribution': t('map.attribution'),
      },
      ...(view
        ? { center: [view.lon, view.lat], zoom: view.zoom }
        : {
            bounds: (bounds as typeof ANYWHERE | null) ?? ANYWHERE,
            fitBoundsOptions: { padding: 32 },
          }),
    })
    if (interactive) made.addControl(new NavigationControl({ showCompass: false }), 'top-right')
    made.addControl(new ScaleControl(), 'bottom-left')
    if (basemap.attribution) made.addControl(new AttributionControl({ compact: true }))
    made.touchZoomRotate.disableRotation()
    made.on('error', ({ error }) => (trouble.value = error))
    made.on('style.load', () => {
      if (!made) return
      addMarks(made, colours)
      map.value = made
    })
  }

  /** Ask again for what could not be read. */
  function again(): void {
    trouble.value = null
    for (const source of ['areas', 'cells', 'cases']) made?.refreshTiles(source)
  }

  onMounted(() =>
    open().catch((error: unknown) => {
      trouble.value = error
    }),
  )
  watch(
    () => live.state,
    (state) => {
      if (state === 'live' && trouble.value) again()
    },
  )
  onBeforeUnmount(() => {
    gone = true
    map.value = null
    made?.remove()
  })

  return { map, trouble, again }
}
