/** Cases that have just been told of: drawn at once, until the tiles have them too. */
import { Marker, type GeoJSONSource, type Map as MapLibre } from 'maplibre-gl'
import { useDebounceFn } from '@vueuse/core'
import { onScopeDispose, type ShallowRef } from 'vue'

import type { Schemas } from '@/api/client'
import { fits, type CaseFilters } from '@/map/filters'
import { useLive } from '@/stores/live'

type Case = Schemas['IncidentOut']

/** Tiles of one moment are kept by the server for two seconds. */
const WAIT_MS = 2300
const PULSE_MS = 4000
const MOST_PULSES = 30

/** `filters` gives null while no cases are shown. */
export function useFresh(
  map: ShallowRef<MapLibre | null>,
  filters: () => CaseFilters | null,
): void {
  const fresh = new Map<string, Case>()
  const pulses = new Set<Marker>()

  const draw = () =>
    map.value?.getSource<GeoJSONSource>('fresh')?.setData({
      type: 'FeatureCollection',
      features: [...fresh.values()].map(({ id, number, lon, lat, clock, category }) => ({
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [lon, lat] },
        properties: { id, number, category_name: category.name, light: clock.light ?? 'none' },
      })),
    })

  const settle = useDebounceFn(
    () => {
      fresh.clear()
      map.value?.refreshTiles('cases')
      setTimeout(draw, WAIT_MS)
    },
    WAIT_MS,
    { maxWait: 2 * WAIT_MS },
  )

  function pulse({ lon, lat }: Case): void {
    if (!map.value || pulses.size >= MOST_PULSES) return
    const element = document.createElement('div')
    element.className = 'map-pulse'
    const marker = new Marker({ element }).setLngLat([lon, lat]).addTo(map.value)
    pulses.add(marker)
    setTimeout(() => {
      marker.remove()
      pulses.delete(marker)
    }, PULSE_MS)
  }

  onScopeDispose(
    useLive().hear(({ fact, incident }) => {
      const wanted = filters()
      if (!wanted) return
      const shown = fits(incident, wanted)
      if (shown) fresh.set(incident.id, incident)
      else fresh.delete(incident.id)
      if (shown && fact.kind === 'report') pulse(incident)
      draw()
      void settle()
    }),
  )
}
