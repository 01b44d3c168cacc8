// A point of the plane. Which space it lies in is in the name of the variable that holds it.

/** In image space, pixel (column c, row r) covers [c, c+1) × [r, r+1); its centre is (c + 0.5, r + 0.5). */
export interface Point {
  readonly x: number;
  readonly y: number;
}
