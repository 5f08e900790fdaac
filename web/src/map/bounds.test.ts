import { expect, it } from 'vitest'

import { boundsOf } from '@/map/bounds'

it('holds every point of a geometry', () => {
  const ring = [
    [1, 5],
    [3, 5],
    [3, 8],
    [1, 5],
  ]
  const box = [
    [1, 5],
    [3, 8],
  ]
  expect(boundsOf({ type: 'MultiPolygon', coordinates: [[ring]] })).toEqual(box)
  expect(
    boundsOf({
      type: 'GeometryCollection',
      geometries: [{ type: 'LineString', coordinates: ring }],
    }),
  ).toEqual(box)
  expect(boundsOf({ type: 'MultiPoint', coordinates: [] })).toBeNull()
})
