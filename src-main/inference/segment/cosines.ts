// Cosines of every patch with every query: the one product of matrices that a new vocabulary needs. Knows neither
// windows nor classes.

/**
 * Products of unit rows.
 *
 * @param values float32, patchCount × embeddingSize, row-major
 * @param queries float32, queryCount × embeddingSize, row-major
 * @returns float32, queryCount × patchCount: one plane of patches per query, in the order of the rows
 * @throws RangeError when a length is no multiple of embeddingSize
 */
export function patchCosines(
  values: Float32Array,
  queries: Float32Array,
  embeddingSize: number,
): Float32Array {
  const patchCount = values.length / embeddingSize;
  const queryCount = queries.length / embeddingSize;
  if (!Number.isInteger(patchCount) || !Number.isInteger(queryCount)) {
    throw new RangeError(`rows of ${embeddingSize} do not fit ${values.length} and ${queries.length} values`);
  }
  const planes = new Float32Array(queryCount * patchCount);
  let query = 0;
  for (; query + 4 <= queryCount; query += 4) {
    let patch = 0;
    for (; patch + 2 <= patchCount; patch += 2) {
      multiplyTwoByFour(values, queries, embeddingSize, patch, query, planes, patchCount);
    }
    if (patch < patchCount) {
      for (let q = query; q < query + 4; q++) {
        planes[q * patchCount + patch] = dot(values, queries, embeddingSize, patch, q);
      }
    }
  }
  for (; query < queryCount; query++) {
    for (let patch = 0; patch < patchCount; patch++) {
      planes[query * patchCount + patch] = dot(values, queries, embeddingSize, patch, query);
    }
  }
  return planes;
}

/** Two patches by four queries at once: eight sums in registers, six loads for eight products. */
function multiplyTwoByFour(
  values: Float32Array,
  queries: Float32Array,
  size: number,
  patch: number,
  query: number,
  planes: Float32Array,
  patchCount: number,
): void {
  const rowA = patch * size;
  const rowB = rowA + size;
  const row0 = query * size;
  const row1 = row0 + size;
  const row2 = row1 + size;
  const row3 = row2 + size;
  let a0 = 0;
  let a1 = 0;
  let a2 = 0;
  let a3 = 0;
  let b0 = 0;
  let b1 = 0;
  let b2 = 0;
  let b3 = 0;
  for (let i = 0; i < size; i++) {
    const a = values[rowA + i]!;
    const b = values[rowB + i]!;
    const q0 = queries[row0 + i]!;
    const q1 = queries[row1 + i]!;
    const q2 = queries[row2 + i]!;
    const q3 = queries[row3 + i]!;
    a0 += a * q0;
    a1 += a * q1;
    a2 += a * q2;
    a3 += a * q3;
    b0 += b * q0;
    b1 += b * q1;
    b2 += b * q2;
    b3 += b * q3;
  }
  const plane0 = query * patchCount + patch;
  const plane1 = plane0 + patchCount;
  const plane2 = plane1 + patchCount;
  const plane3 = plane2 + patchCount;
  planes[plane0] = a0;
  planes[plane1] = a1;
  planes[plane2] = a2;
  planes[plane3] = a3;
  planes[plane0 + 1] = b0;
  planes[plane1 + 1] = b1;
  planes[plane2 + 1] = b2;
  planes[plane3 + 1] = b3;
}

function dot(
  values: Float32Array,
  queries: Float32Array,
  size: number,
  patch: number,
  query: number,
): number {
  const row = patch * size;
  const queryRow = query * size;
  let sum = 0;
  for (let i = 0; i < size; i++) sum += values[row + i]! * queries[queryRow + i]!;
  return sum;
}
