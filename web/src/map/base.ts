/** What lies below the cells, as the city has set it: nothing, picture tiles, or one PMTiles file. */
import { addProtocol, type LayerSpecification, type SourceSpecification } from 'maplibre-gl'

import type { Schemas } from '@/api/client'
import type { Palette } from '@/map/colours'

export interface Base {
  sources: Record<string, SourceSpecification>
  layers: LayerSpecification[]
}

export async function baseMap(
  basemap: Schemas['Basemap'] | undefined,
  palette: Palette,
): Promise<Base> {
  if (basemap?.kind === 'xyz') return pictures(tileUrls(basemap.url), basemap.attribution)
  if (basemap?.kind === 'pmtiles') return archive(basemap, palette)
  return { sources: {}, layers: [] }
}

/** `{s}` stands for the hosts t0 to t7 of Tianditu, where an address has it. */
function tileUrls(url: string): string[] {
  const whole = url.startsWith('/') ? window.location.origin + url : url
  return whole.includes('{s}')
    ? Array.from({ length: 8 }, (_, n) => whole.replace('{s}', `t${n}`))
    : [whole]
}

function pictures(tiles: string[], attribution: string): Base {
  return {
    sources: { base: { type: 'raster', tiles, tileSize: 256, maxzoom: 18, attribution } },
    layers: [{ id: 'base', type: 'raster', source: 'base' }],
  }
}

async function archive(basemap: Schemas['Basemap'], palette: Palette): Promise<Base> {
  const { PMTiles, Protocol, TileType } = await import('pmtiles')
  const url = new URL(basemap.url, window.location.origin).href
  const file = new PMTiles(url)
  const protocol = new Protocol()
  protocol.add(file)
  addProtocol('pmtiles', protocol.tile)
  const { attribution } = basemap
  const header = await file.getHeader()
  if (header.tileType !== TileType.Mvt)
    return {
      sources: { base: { type: 'raster', url: `pmtiles://${url}`, tileSize: 256, attribution } },
      layers: [{ id: 'base', type: 'raster', source: 'base' }],
    }
  return {
    sources: { base: { type: 'vector', url: `pmtiles://${url}`, attribution } },
    layers: streets(palette),
  }
}

const ROAD_WIDTH = ['interpolate', ['exponential', 1.6], ['zoom'], 8, 0.4, 14, 2, 18, 14]

/** The few things of a city that help to find a place, in the layers of the Protomaps schema. */
function streets({ cell, border, ink, halo }: Palette): LayerSpecification[] {
  const common = { source: 'base' }
  const label = { 'text-color': ink, 'text-halo-color': halo, 'text-halo-width': 1.2 }
  const name = ['coalesce', ['get', 'name:zh'], ['get', 'name']]
  return [
    {
      ...common,
      id: 'base-green',
      type: 'fill',
      'source-layer': 'landuse',
      filter: ['in', ['get', 'kind'], ['literal', ['park', 'forest', 'wood', 'grass']]],
      paint: { 'fill-color': '#5b9a6b', 'fill-opacity': 0.22 },
    },
    {
      ...common,
      id: 'base-water',
      type: 'fill',
      'source-layer': 'water',
      paint: { 'fill-color': '#4f93cf', 'fill-opacity': 0.4 },
    },
    {
      ...common,
      id: 'base-buildings',
      type: 'fill',
      'source-layer': 'buildings',
      minzoom: 14,
      paint: { 'fill-color': cell, 'fill-opacity': 0.5 },
    },
    {
      ...common,
      id: 'base-roads',
      type: 'line',
      'source-layer': 'roads',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': border, 'line-opacity': 0.45, 'line-width': ROAD_WIDTH },
    },
    {
      ...common,
      id: 'base-road-names',
      type: 'symbol',
      'source-layer': 'roads',
      minzoom: 13,
      layout: { 'symbol-placement': 'line', 'text-field': name, 'text-size': 12 },
      paint: label,
    },
    {
      ...common,
      id: 'base-places',
      type: 'symbol',
      'source-layer': 'places',
      layout: { 'text-field': name, 'text-size': 12 },
      paint: label,
    },
  ] as LayerSpecification[]
}
