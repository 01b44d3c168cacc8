// What every resource needs to read a request and to write an answer. Hono's types stay inside src-main/api.

import type { Context } from 'hono';
import { z } from 'zod';
import { AppError } from '#shared/errors.ts';

/** Header that carries the window's session id with every write. */
export const SESSION_HEADER = 'x-clearlabel-session';

const MAX_JSON_BYTES = 256 * 1024 * 1024;

/**
 * Reads and checks a JSON body.
 * @throws AppError `request/invalid` that names the first wrong field
 */
export async function readBody<T extends z.ZodType>(context: Context, schema: T): Promise<z.output<T>> {
  const length = Number(context.req.header('content-length') ?? 0);
  if (length > MAX_JSON_BYTES) throw new AppError('request/invalid', 'The request is too large.');
  const text = await context.req.text();
  return checkInput(schema, parseJson(text === '' ? '{}' : text));
}

/** Checks path or query values against a schema. */
export function checkInput<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? 'the request' : `"${issue.path.join('.')}"`;
  throw new AppError('request/invalid', `Not understood: ${place}: ${issue?.message ?? 'wrong form'}.`, {
    details: { issues: result.error.issues.slice(0, 5).map(({ path, message }) => ({ path, message })) },
  });
}

const idSchema = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** A numeric path parameter. */
export function idParameter(context: Context, name: string): number {
  return checkInput(idSchema, context.req.param(name));
}

/** Answers a value of the contract; the type of `schema` is what the compiler checks, not the running server. */
export function jsonResponse<T extends z.ZodType>(_schema: T, value: z.input<T>, status = 200): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  });
}

export function emptyResponse(): Response {
  return new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } });
}

export function sessionIdOf(request: Request): string | null {
  const value = request.headers.get(SESSION_HEADER) ?? '';
  return value.length > 0 && value.length <= 64 ? value : null;
}

/** @throws AppError `request/invalid` */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('request/invalid', 'The request is not valid JSON.', { cause });
  }
}
