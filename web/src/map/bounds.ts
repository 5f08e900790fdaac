/** The box of a geometry, as a map wants it to fit. */
import type { Geometry, Position } from 'geojson'

export type Bounds = [[west: number, south: number], [east: number, north: number]]

function positions(value: unknown): Position[] {
  if (!Array.isArray(value)) return []
  return typeof value[0] === 'number' ? [value as Position] : value.flatMap(positions)
}

export function boundsOf(geometry: Geometry): Bounds | null {
  const found =
    'coordinates' in geometry
      ? positions(geometry.coordinates)
      : geometry.geometries.flatMap((part) =>
          'coordinates' in part ? positions(part.coordinates) : [],
        )
  if (!found.length) return null
  return found.reduce<Bounds>(
    ([[west, south], [east, north]], [lon = 0, lat = 0]) => [
      [Math.min(west, lon), Math.min(south, lat)],
      [Math.max(east, lon), Math.max(north, lat)],
    ],
    [
      [Infinity, Infinity],
      [-Infinity, -Infinity],
    ],
  )
}
