// Small helpers over WebGL2: compile, link, look up uniforms. Knows nothing of what is drawn.

export interface GlProgram {
  program: WebGLProgram;
  /** Location of a uniform by name, looked up once. */
  uniform(name: string): WebGLUniformLocation | null;
}

/** @throws Error with the driver's log when a shader does not compile (a programming error). */
export function createProgram(gl: WebGL2RenderingContext, vertex: string, fragment: string): GlProgram {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) continue; // the context was lost; nothing can be drawn until it comes back
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) {
      throw new Error(`shader: ${gl.getShaderInfoLog(shader) ?? 'unknown problem'}`);
    }
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(`program: ${gl.getProgramInfoLog(program) ?? 'unknown problem'}`);
  }
  const locations = new Map<string, WebGLUniformLocation | null>();
  return {
    program,
    uniform(name) {
      if (!locations.has(name)) locations.set(name, gl.getUniformLocation(program, name));
      return locations.get(name) ?? null;
    },
  };
}

export function createTexture(
  gl: WebGL2RenderingContext,
  target: GLenum,
  filters: { min: GLenum; mag: GLenum },
): WebGLTexture {
  const texture = gl.createTexture();
  gl.bindTexture(target, texture);
  gl.texParameteri(target, gl.TEXTURE_MIN_FILTER, filters.min);
  gl.texParameteri(target, gl.TEXTURE_MAG_FILTER, filters.mag);
  gl.texParameteri(target, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(target, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  return texture;
}

/** A rectangle of the image placed on the device: both layers draw nothing but these. */
export const IMAGE_RECT_VERTEX_SHADER = `#version 300 es
uniform vec4 uImageRect;      // x, y, width, height in image pixels
uniform vec3 uDeviceFromImage; // scale, x and y offset in device pixels
uniform vec2 uDeviceSize;
out vec2 vCorner;             // 0..1 over the rectangle
void main() {
  vCorner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  vec2 image = uImageRect.xy + vCorner * uImageRect.zw;
  vec2 device = image * uDeviceFromImage.x + uDeviceFromImage.yz;
  gl_Position = vec4(device.x / uDeviceSize.x * 2.0 - 1.0, 1.0 - device.y / uDeviceSize.y * 2.0, 0.0, 1.0);
}`;
