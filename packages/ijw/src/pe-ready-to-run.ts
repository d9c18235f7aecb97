export * from '@ijw/pe/ready-to-run';
