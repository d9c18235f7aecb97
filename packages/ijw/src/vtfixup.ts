export * from '@ijw/vtfixup';
