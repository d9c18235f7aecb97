import type { Place } from './call-placement.ts';

/** `rcx`, or `stack+8` counted from the argument base. */
export const placeText = (place: Place): string => (place.kind === 'register' ? place.register : `stack+${place.offset}`);
