export * from '@ijw/demangle';
