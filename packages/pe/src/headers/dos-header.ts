import * as parsers from '../generated/structure-parsers.ts';
import { type StructureOf, structure } from '../structure.ts';

/** IMAGE_DOS_HEADER of winnt.h, its e_* names spelled out. */
export const dosHeaderLayout = structure(
  {
    /** e_magic: "MZ". */
    magic: 'u16',
    /** e_cblp: bytes on the last page. */
    lastPageBytes: 'u16',
    /** e_cp */
    pages: 'u16',
    /** e_crlc */
    relocations: 'u16',
    /** e_cparhdr */
    headerParagraphs: 'u16',
    /** e_minalloc */
    minimumParagraphs: 'u16',
    /** e_maxalloc */
    maximumParagraphs: 'u16',
    /** e_ss */
    initialSs: 'u16',
    /** e_sp */
    initialSp: 'u16',
    /** e_csum */
    checksum: 'u16',
    /** e_ip */
    initialIp: 'u16',
    /** e_cs */
    initialCs: 'u16',
    /** e_lfarlc */
    relocationTableOffset: 'u16',
    /** e_ovno */
    overlayNumber: 'u16',
    /** e_res */
    reserved: 8,
    /** e_oemid */
    oemId: 'u16',
    /** e_oeminfo */
    oemInfo: 'u16',
    /** e_res2 */
    reserved2: 20,
    /** e_lfanew: file offset of the PE header. */
    newHeaderOffset: 'u32',
  },
  parsers.dosHeader,
);

export type DosHeader = Readonly<StructureOf<typeof dosHeaderLayout>>;

/** "MZ". */
export const DOS_MAGIC = 0x5a4d;
