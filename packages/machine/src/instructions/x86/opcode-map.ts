// Intel SDM volume 2, appendix A.1; AMD64 APM volume 3, appendix A.

/** The maps of 256 opcodes, in the order in which the generated table numbers them. */
export const OPCODE_MAPS = ['', '0F', '0F38', '0F3A', 'VEX.0F', 'VEX.0F38', 'VEX.0F3A', 'XOP.X8', 'XOP.X9', 'XOP.XA', '0F0F'] as const;
export type OpcodeMap = (typeof OPCODE_MAPS)[number];

/** Numbers of the maps that the decoder names. */
export const MapNumber = { oneByte: 0, escape0F: 1, escape0F38: 2, escape0F3A: 3, vex: 4, xop: 7, now3D: 10 } as const;
