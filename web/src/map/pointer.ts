/** What lies under the pointer: told on a click, named on hover. */
import {
  Popup,
  type Map as MapLibre,
  type MapGeoJSONFeature,
  type MapMouseEvent,
} from 'maplibre-gl'

import { CLICKED } from '@/map/style'

export type Hit =
  | { what: 'case' | 'steward' | 'shape'; id: string; lon: number; lat: number }
  | { what: 'cell' | 'area'; code: string; lon: number; lat: number }
  | { what: 'cluster' | 'ground'; lon: number; lat: number }

const LAYERS: Record<(typeof CLICKED)[number], Hit['what']> = {
  fresh: 'case',
  cases: 'case',
  clusters: 'cluster',
  stewards: 'steward',
  'shape-points': 'shape',
  shapes: 'shape',
  cells: 'cell',
  areas: 'area',
}

type Layer = keyof typeof LAYERS

/** The uppermost thing at a point; marks have a margin, so that a finger meets them. */
function found(map: MapLibre, event: MapMouseEvent): MapGeoJSONFeature | undefined {
  const { x, y } = event.point
  const near: [[number, number], [number, number]] = [
    [x - 4, y - 4],
    [x + 4, y + 4],
  ]
  const marks = map.queryRenderedFeatures(near, { layers: CLICKED.slice(0, 5) })
  const grounds = map.queryRenderedFeatures(event.point, { layers: CLICKED.slice(5) })
  return [...marks, ...grounds].sort((a, b) => rank(a) - rank(b))[0]
}

const rank = ({ layer }: MapGeoJSONFeature): number => CLICKED.indexOf(layer.id as Layer)

function hit({ lngLat }: MapMouseEvent, feature: MapGeoJSONFeature | undefined): Hit {
  const at = { lon: lngLat.lng, lat: lngLat.lat }
  if (!feature) return { what: 'ground', ...at }
  const what = LAYERS[feature.layer.id as Layer]
  const { id = '', code = '' } = feature.properties as { id?: string; code?: string }
  if (what === 'cell' || what === 'area') return { what, code, ...at }
  if (what === 'ground' || what === 'cluster')
    return id ? { what: 'case', id, ...at } : { what, ...at }
  return { what, id, ...at }
}

/** Call back with every click; `name` gives the words for a thing, or none. */
export function listen(
  map: MapLibre,
  clicked: (hit: Hit) => void,
  name: (hit: Hit, properties: Record<string, unknown>) => string,
): void {
  const tip = new Popup({ closeButton: false, closeOnClick: false, offset: 12, className: 'tip' })
  let hovered: string | undefined
  const hover = (code: string | undefined) => {
    if (code === hovered) return
    if (hovered) map.setFeatureState(cell(hovered), { hover: false })
    if (code) map.setFeatureState(cell(code), { hover: true })
    hovered = code
  }
  map.on('click', (event) => clicked(hit(event, found(map, event))))
  map.on('mousemove', (event) => {
    if (map.isMoving()) return
    const feature = found(map, event)
    const thing = hit(event, feature)
    hover(thing.what === 'cell' ? thing.code : undefined)
    map.getCanvas().style.cursor = thing.what === 'ground' || thing.what === 'area' ? '' : 'pointer'
    const words = feature ? name(thing, feature.properties) : ''
    if (words) tip.setLngLat(event.lngLat).setText(words).addTo(map)
    else tip.remove()
  })
  const leave = () => {
    hover(undefined)
    tip.remove()
  }
  map.on('mouseout', leave)
  map.on('movestart', leave)
}

const cell = (id: string) => ({ source: 'cells', sourceLayer: 'cells', id })
