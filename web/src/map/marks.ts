/** Layers of what lies on the ground: cases, stewards, shapes. */
import type {
  ExpressionSpecification,
  FilterSpecification,
  LayerSpecification,
  SymbolLayerSpecification,
} from 'maplibre-gl'

import type { Palette } from '@/map/colours'

/** Names of fonts that the reader's machine may have: nothing is fetched. */
export const FONT = [
  'Microsoft YaHei',
  'PingFang SC',
  'Noto Sans CJK SC',
  'Noto Sans SC',
  'sans-serif',
]
/** Below zoom 14 tiles tell how many cases there are, not which. */
const isCase: FilterSpecification = ['has', 'number']
const isCluster: FilterSpecification = ['!', ['has', 'number']]
const radius: ExpressionSpecification = [
  ...['interpolate', ['linear'], ['log10', ['get', 'count']]],
  ...[0, 11, 1, 15, 2, 20, 3, 26, 5, 38],
] as unknown as ExpressionSpecification

const mark: SymbolLayerSpecification['layout'] = {
  'icon-image': ['concat', 'case-', ['coalesce', ['get', 'light'], 'none']],
  'icon-allow-overlap': true,
  'icon-ignore-placement': true,
  'icon-size': ['interpolate', ['linear'], ['zoom'], 11, 0.6, 15, 0.9, 18, 1.2],
  'symbol-sort-key': ['match', ['get', 'light'], 'red', 2, 'yellow', 1, 0],
}

/** Cases: clusters where many lie close, else a mark for the light of the clock. */
export function cases(palette: Palette): LayerSpecification[] {
  const common = { source: 'cases', 'source-layer': 'cases' }
  return [
    {
      ...common,
      id: 'cluster-rings',
      type: 'circle',
      filter: isCluster,
      paint: {
        'circle-radius': ['+', 4, radius],
        'circle-color': [
          'case',
          ['>', ['coalesce', ['get', 'red'], 0], 0],
          palette.light.red,
          palette.brand,
        ],
        'circle-opacity': 0.35,
      },
    },
    {
      ...common,
      id: 'clusters',
      type: 'circle',
      filter: isCluster,
      paint: { 'circle-radius': radius, 'circle-color': palette.cluster },
    },
    {
      ...common,
      id: 'cluster-counts',
      type: 'symbol',
      filter: isCluster,
      layout: {
        'text-field': ['to-string', ['get', 'count']],
        'text-font': FONT,
        'text-size': 12,
        'text-allow-overlap': true,
        'text-ignore-placement': true,
      },
      paint: { 'text-color': palette.count },
    },
    { ...common, id: 'cases', type: 'symbol', filter: isCase, layout: mark },
    { id: 'fresh', source: 'fresh', type: 'symbol', layout: mark },
  ]
}

/** What callers draw: shapes, what is chosen, stewards at their posts. */
export function own(palette: Palette): LayerSpecification[] {
  return [
    {
      id: 'shapes',
      type: 'fill',
      source: 'shapes',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': palette.light.red, 'fill-opacity': 0.3 },
    },
    {
      id: 'shape-lines',
      type: 'line',
      source: 'shapes',
      paint: { 'line-color': palette.light.red, 'line-width': 2 },
    },
    {
      id: 'shape-points',
      type: 'circle',
      source: 'shapes',
      filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-radius': 6,
        'circle-color': palette.light.red,
        'circle-stroke-color': palette.halo,
        'circle-stroke-width': 2,
      },
    },
    {
      id: 'stewards',
      type: 'symbol',
      source: 'stewards',
      layout: {
        visibility: 'none',
        'icon-image': 'person',
        'icon-allow-overlap': true,
        'icon-size': ['interpolate', ['linear'], ['zoom'], 11, 0.6, 16, 1],
      },
    },
    {
      id: 'steward-names',
      type: 'symbol',
      source: 'stewards',
      minzoom: 14,
      layout: {
        visibility: 'none',
        'text-field': ['get', 'name'],
        'text-font': FONT,
        'text-size': 12,
        'text-anchor': 'top',
        'text-offset': [0, 0.8],
      },
      paint: {
        'text-color': palette.brand,
        'text-halo-color': palette.halo,
        'text-halo-width': 1.4,
      },
    },
  ]
}
