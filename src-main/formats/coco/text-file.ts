// Writing text files in large pieces, and what the file system's refusals mean to the user.

import { open, type FileHandle } from 'node:fs/promises';
import { AppError } from '#shared/errors.ts';

const FLUSH_CHARACTERS = 1 << 18;

/** A new file that is written in large pieces. */
export class TextFile implements AsyncDisposable {
  readonly #handle: FileHandle;
  #pending: string[] = [];
  #pendingCharacters = 0;
  bytes = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  static async create(path: string): Promise<TextFile> {
    return new TextFile(await open(path, 'wx'));
  }

  async write(text: string): Promise<void> {
    this.#pending.push(text);
    this.#pendingCharacters += text.length;
    if (this.#pendingCharacters >= FLUSH_CHARACTERS) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#pending.length === 0) return;
    const bytes = Buffer.from(this.#pending.join(''), 'utf8');
    this.#pending = [];
    this.#pendingCharacters = 0;
    await this.#writeAll(bytes);
  }

  async writeBytes(bytes: Uint8Array): Promise<void> {
    await this.flush();
    await this.#writeAll(bytes);
  }

  async sync(): Promise<void> {
    await this.flush();
    await this.#handle.sync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const { bytesWritten } = await this.#handle.write(bytes, at);
      at += bytesWritten;
    }
    this.bytes += bytes.length;
  }
}

/** Makes the rename itself durable; Windows cannot open folders and does not need it. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  // Some network file systems cannot sync a folder; the file itself is complete by now.
  await handle.sync().catch(() => undefined);
  await handle.close();
}

/** What a failed write of `target` means to the user; errors that are not the file system's come back as they are. */
export function explainedWriteError(error: unknown, target: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (error instanceof AppError || typeof code !== 'string' || !('syscall' in (error as object)))
    return error;
  const details = { path: target, code };
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const message = `The disk is full, so ${target} was not written. Free some space and export again.`;
    return new AppError('project/disk-full', message, { details, cause: error });
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    const message = `${target} may not be written. Choose another folder for the export.`;
    return new AppError('project/read-only', message, { details, cause: error });
  }
  const message = `${target} could not be written (${code}). Check that its folder exists and export again.`;
  return new AppError('export/failed', message, { details, cause: error });
}
