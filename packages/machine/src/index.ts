export { AddressSpace, type AddressSpaceOptions, type PageState } from './address-space.ts';
export { type Fault, faultText, isFault, isRefusal, type Refusal, type RefusalCode } from './fault.ts';
export { ADDRESS_LIMIT, ALLOCATION_GRANULARITY, PAGE_SIZE, pageCeiling, pageFloor } from './page.ts';
export { type Access, mayExecute, mayRead, mayWrite, type PageRightBits, PageRights, pageRightsText } from './page-rights.ts';
export type { PageFill } from './region.ts';
