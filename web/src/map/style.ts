/** The style of the city's map: every source and layer is there from the start, shown or hidden. */
import type { FeatureCollection } from 'geojson'
import type {
  ExpressionSpecification,
  LayerSpecification,
  SourceSpecification,
  StyleSpecification,
} from 'maplibre-gl'

import type { Base } from '@/map/base'
import type { Palette } from '@/map/colours'
import { cases, FONT, own } from '@/map/marks'

export type Level = Schemas['AreaLevel']
type Schemas = import('@/api/client').Schemas

/** From where on cells are larger than a few pixels. */
const NEAR = 13
const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] }

/** Layers that answer to a click, in the order in which they are asked. */
export const CLICKED = [
  'fresh',
  'cases',
  'clusters',
  'stewards',
  'shape-points',
  'shapes',
  'cells',
  'areas',
] as const
/** What belongs together and is switched together. */
export const GROUPS = {
  clusters: ['cluster-rings', 'clusters', 'cluster-counts', 'cases', 'fresh'],
  heat: ['heat'],
  cells: ['cells', 'cell-lines', 'cell-names'],
  unmanned: ['unmanned'],
  stewards: ['stewards', 'steward-names'],
} as const

/** Tiles of this host: an absolute address, because a worker asks for them. */
export function tiles(layer: 'areas' | 'cells' | 'cases', query = ''): string[] {
  const path = `/api/v1/tiles/${layer}/{z}/{x}/{y}.mvt`
  return [`${window.location.origin}${path}${query && `?${query}`}`]
}

/** Names of areas; with a number below each where one is given. */
export function areaNames(numbers: Map<string, number>): ExpressionSpecification {
  const name: ExpressionSpecification = ['get', 'name']
  if (!numbers.size) return name
  const pairs = [...numbers].flatMap(([code, n]) => [code, `\n${n}`])
  const below = ['match', ['get', 'code'], ...pairs, ''] as unknown as ExpressionSpecification
  return ['concat', name, below]
}

export const levelQuery = (level: Level | null): string => (level ? `level=${level}` : '')

const state = (name: string): ExpressionSpecification => ['feature-state', name]

function sources(level: Level | null, cases: string): Record<string, SourceSpecification> {
  const vector = (layer: 'areas' | 'cells', query = ''): SourceSpecification => ({
    type: 'vector',
    tiles: tiles(layer, query),
    promoteId: 'code',
    minzoom: layer === 'cells' ? 12 : 0,
    // Larger tiles cut fewer cells in two, so fewer names stand there twice.
    maxzoom: 14,
  })
  const data = (): SourceSpecification => ({ type: 'geojson', data: NOTHING })
  return {
    areas: vector('areas', levelQuery(level)),
    cells: vector('cells'),
    cases: { type: 'vector', tiles: tiles('cases', cases), maxzoom: 16 },
    stewards: data(),
    shapes: data(),
    fresh: data(),
  }
}

function grounds(palette: Palette, bare: boolean): LayerSpecification[] {
  const hover: ExpressionSpecification = ['to-boolean', state('hover')]
  const counted: ExpressionSpecification = ['to-boolean', state('colour')]
  return [
    {
      id: 'areas',
      type: 'fill',
      source: 'areas',
      'source-layer': 'areas',
      paint: {
        'fill-color': ['to-color', state('colour'), palette.area],
        'fill-opacity': ['case', counted, bare ? 1 : 0.6, bare ? 1 : 0],
        'fill-antialias': false,
      },
    },
    {
      id: 'cells',
      type: 'fill',
      source: 'cells',
      minzoom: NEAR,
      'source-layer': 'cells',
      // Not drawn, only there to be found under the pointer.
      paint: { 'fill-opacity': 0 },
    },
    {
      id: 'unmanned',
      type: 'fill',
      source: 'cells',
      'source-layer': 'cells',
      filter: ['==', ['get', 'manned'], false],
      layout: { visibility: 'none' },
      paint: {
        'fill-color': palette.light.red,
        'fill-opacity': 0.4,
        'fill-antialias': false,
      },
    },
    {
      id: 'cell-lines',
      type: 'line',
      source: 'cells',
      minzoom: NEAR,
      'source-layer': 'cells',
      paint: {
        'line-color': ['case', hover, palette.brand, palette.cell],
        'line-width': [
          ...['interpolate', ['linear'], ['zoom'], NEAR, ['case', hover, 2, 0.4]],
          ...[15, ['case', hover, 2.5, 1], 18, ['case', hover, 4, 2]],
        ] as unknown as ExpressionSpecification,
      },
    },
    {
      id: 'area-lines',
      type: 'line',
      source: 'areas',
      'source-layer': 'areas',
      paint: { 'line-color': palette.border, 'line-width': 1.4 },
    },
    ...(['cell', 'area'] as const).map((kind): LayerSpecification => ({
      id: `chosen-${kind}`,
      type: 'line',
      source: `${kind}s`,
      'source-layer': `${kind}s`,
      filter: ['==', ['get', 'code'], ''],
      paint: { 'line-color': palette.brand, 'line-width': 3 },
    })),
  ]
}

function heat(palette: Palette): LayerSpecification {
  const [, , third, fourth] = palette.steps
  return {
    id: 'heat',
    type: 'heatmap',
    source: 'cases',
    'source-layer': 'cases',
    layout: { visibility: 'none' },
    paint: {
      'heatmap-weight': ['min', 4, ['ln', ['+', 1.7, ['coalesce', ['get', 'count'], 1]]]],
      'heatmap-intensity': ['interpolate', ['linear'], ['zoom'], 8, 0.3, 16, 1.2],
      'heatmap-radius': ['interpolate', ['linear'], ['zoom'], 8, 30, 16, 46],
      'heatmap-opacity': 0.8,
      'heatmap-color': [
        ...['interpolate', ['linear'], ['heatmap-density']],
        ...[0, `${third}00`, 0.15, third, 0.4, fourth, 0.65, '#f2b134', 1, '#d3271d'],
      ] as unknown as ExpressionSpecification,
    },
  }
}

function names(palette: Palette): LayerSpecification[] {
  const paint = {
    'text-color': palette.ink,
    'text-halo-color': palette.halo,
    'text-halo-width': 1.8,
  }
  return [
    {
      id: 'cell-names',
      type: 'symbol',
      source: 'cells',
      'source-layer': 'cells',
      minzoom: 16,
      layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 11 },
      paint: { ...paint, 'text-opacity': 0.75 },
    },
    {
      id: 'area-names',
      type: 'symbol',
      source: 'areas',
      'source-layer': 'labels',
      layout: {
        'text-field': areaNames(new Map()),
        'text-font': FONT,
        'text-size': ['interpolate', ['linear'], ['zoom'], 8, 11, 16, 15],
        'text-max-width': 8,
      },
      paint,
    },
  ]
}

/** `bare`: nothing lies below the areas, so they are painted. */
export function cityStyle(
  base: Base,
  palette: Palette,
  level: Level | null,
  filters: string,
): StyleSpecification {
  return {
    version: 8,
    sources: { ...base.sources, ...sources(level, filters) },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': palette.ground } },
      ...base.layers,
      ...grounds(palette, base.layers.length === 0),
      heat(palette),
      ...names(palette),
      ...own(palette),
      ...cases(palette),
    ],
  }
}
