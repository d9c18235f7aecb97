// Which DLLs come with Windows.
import { isSystemDll } from '@ijw/pe/imports';
import { expect, it } from 'vitest';

it.each([
  'KERNEL32.dll',
  'ntdll',
  'C:\\Windows\\System32\\User32.DLL',
  'api-ms-win-crt-heap-l1-1-0.dll',
  'ucrtbase.dll',
  'mscoree.dll',
  'winspool.drv',
])('%s does', (name) => expect(isSystemDll(name)).toBe(true));

it.each(['VCRUNTIME140.dll', 'msvcp140.dll', 'msvcr90.dll', 'ijwhost.dll', 'node.exe', 'mfc140u.dll', 'kernel32.exe', ''])(
  '%s does not',
  (name) => expect(isSystemDll(name)).toBe(false),
);
