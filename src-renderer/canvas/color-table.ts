// Colour and style of every slot, as the bytes of a 256 × 128 RGBA texture. Pure.

export const COLOR_TABLE_WIDTH = 256;
export const COLOR_TABLE_HEIGHT = 128;

export const STYLE_PROPOSAL = 1;

export interface SlotStyle {
  /** `#rrggbb` */
  color: string;
  isProposal: boolean;
}

export class ColorTable {
  readonly bytes = new Uint8Array(COLOR_TABLE_WIDTH * COLOR_TABLE_HEIGHT * 4);
  /** Rows that differ from the texture. */
  readonly changedRows = new Set<number>();

  /** Answers false when the slot looks like that already. */
  set(slot: number, style: SlotStyle): boolean {
    const rgb = Number.parseInt(style.color.slice(1), 16);
    const next = [(rgb >> 16) & 255, (rgb >> 8) & 255, rgb & 255, style.isProposal ? STYLE_PROPOSAL : 0];
    const start = slot * 4;
    if (next.every((value, index) => this.bytes[start + index] === value)) return false;
    this.bytes.set(next, start);
    this.changedRows.add(Math.floor(slot / COLOR_TABLE_WIDTH));
    return true;
  }

  markAllChanged(): void {
    for (let row = 0; row < COLOR_TABLE_HEIGHT; row++) this.changedRows.add(row);
  }
}
