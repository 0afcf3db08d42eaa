import { DrillError } from '../errors.ts';

const WORDS: Record<string, string> = {
  EACCES: 'this user may not read or write it',
  EPERM: 'this user may not read or write it',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of this user is used up',
  EFBIG: 'it would become too large',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is no directory',
  ENOTEMPTY: 'the directory is not empty',
  EEXIST: 'it is there already',
  ENOENT: 'it is not there',
  ELOOP: 'it is a link, or links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  ENXIO: 'it is a device or a FIFO',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  EIO: 'the disk failed',
  ESTALE: 'the network file system lost it',
  EBUSY: 'it is in use',
};

/** What the file system refuses is no defect: the same error in words. Any other error is given back as it is. */
export function fileTrouble(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DrillError) return error;
  const { code = '', path, syscall } = error as NodeJS.ErrnoException;
  const why = WORDS[code];
  // The network has codes of its own; the rest has a path, or a call on an open file.
  if (why === undefined || (path === undefined && !/^(write|read|fsync|ftruncate|fdatasync)$/.test(syscall ?? '')))
    return error;
  return new DrillError('file-unusable', `${path ?? 'A file'} cannot be used: ${why} (${code}).`, {
    hint: 'Check the path, its permissions and the free space, then repeat the command.',
    cause: error,
  });
}
