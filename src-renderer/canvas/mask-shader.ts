// The fragment shader of the mask layer: label texel → fill, hatch, outline, selection; and the pixel grid.

export const MASK_FRAGMENT_SHADER = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2DArray;
precision highp usampler2D;

uniform vec3 uDeviceFromImage;
uniform vec2 uDeviceSize;
uniform ivec2 uImageSize;
uniform int uLevel;
uniform usampler2DArray uLabels;
uniform usampler2D uPages;
uniform sampler2D uColors;
uniform float uOpacity;
uniform float uDevicePixelRatio;
uniform bool uHasMasks;
uniform bool uIsOutlineOnly;
uniform float uGridAlpha;
out vec4 outColor;

const uint SLOT_BITS = 0x7fffu;
const uint SELECTED_BIT = 0x8000u;

ivec2 imageAt(vec2 device) { return ivec2(floor((device - uDeviceFromImage.yz) / uDeviceFromImage.x)); }

uint pageOf(ivec2 tile) { return texelFetch(uPages, tile, 0).r; }

uint labelIn(ivec2 texel, uint page) {
  return page == 0u ? 0u : texelFetch(uLabels, ivec3(texel & 255, int(page) - 1), 0).r;
}

// Neighbours nearly always lie in the tile of the pixel itself: its page is not fetched again.
uint neighbourLabel(vec2 device, ivec2 homeTile, uint homePage) {
  ivec2 image = imageAt(device);
  if (any(lessThan(image, ivec2(0))) || any(greaterThanEqual(image, uImageSize))) return 0u;
  ivec2 texel = image >> uLevel;
  ivec2 tile = texel >> 8;
  return labelIn(texel, tile == homeTile ? homePage : pageOf(tile));
}

vec4 over(vec4 top, vec4 bottom) { return top + bottom * (1.0 - top.a); }
vec4 premultiplied(vec3 rgb, float alpha) { return vec4(rgb * alpha, alpha); }

vec4 fillOf(vec4 style, vec2 device) {
  if (uIsOutlineOnly) return vec4(0.0);
  bool isProposal = style.a > 0.0;
  if (!isProposal) return premultiplied(style.rgb, uOpacity);
  // An offer looks unfinished: lighter, with diagonal stripes that keep their size on screen.
  float stripe = fract((device.x + device.y) / (9.0 * uDevicePixelRatio));
  return premultiplied(style.rgb, uOpacity * (stripe < 0.33 ? 0.95 : 0.45));
}

vec4 maskColor(vec2 device) {
  ivec2 texel = min(max(imageAt(device), ivec2(0)), uImageSize - 1) >> uLevel;
  ivec2 tile = texel >> 8;
  uint page = pageOf(tile);
  uint here = labelIn(texel, page);
  float width = 1.5 * uDevicePixelRatio;
  uint left = neighbourLabel(device - vec2(width, 0.0), tile, page);
  uint right = neighbourLabel(device + vec2(width, 0.0), tile, page);
  uint above = neighbourLabel(device - vec2(0.0, width), tile, page);
  uint below = neighbourLabel(device + vec2(0.0, width), tile, page);
  uint different = (left ^ here) | (right ^ here) | (above ^ here) | (below ^ here);
  bool isEdge = (different & SLOT_BITS) != 0u;
  bool isSelectionEdge = (different & SELECTED_BIT) != 0u;
  vec4 color = vec4(0.0);
  uint slot = here & SLOT_BITS;
  if (slot != 0u) {
    vec4 style = texelFetch(uColors, ivec2(slot & 255u, slot >> 8u), 0);
    color = fillOf(style, device);
    bool isDash = fract((device.x - device.y) / (10.0 * uDevicePixelRatio)) < 0.6;
    if (isEdge && (style.a == 0.0 || isDash)) color = over(premultiplied(style.rgb, 0.95), color);
  }
  // White inside, black outside: seen on every picture.
  if (isSelectionEdge) {
    bool isInside = (here & SELECTED_BIT) != 0u;
    color = over(isInside ? vec4(0.95) : vec4(0.0, 0.0, 0.0, 0.7), color);
  }
  return color;
}

vec4 gridColor(vec2 device) {
  vec2 image = (device - uDeviceFromImage.yz) / uDeviceFromImage.x;
  vec2 fromEdge = fract(image) * uDeviceFromImage.x;
  bvec2 isLine = lessThan(fromEdge, vec2(uDevicePixelRatio));
  if (!any(isLine)) return vec4(0.0);
  // Light and dark dashes: seen on every picture.
  float along = isLine.x ? image.y : image.x;
  return vec4(vec3(fract(along * 2.0) < 0.5 ? uGridAlpha : 0.0), uGridAlpha);
}

void main() {
  vec2 device = vec2(gl_FragCoord.x, uDeviceSize.y - gl_FragCoord.y);
  vec4 color = uHasMasks ? maskColor(device) : vec4(0.0);
  if (uGridAlpha > 0.0) color = over(gridColor(device), color);
  outColor = color;
}`;
