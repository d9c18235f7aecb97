import scripts from '../bin/load-script.js';

export const { run, processIo, FileAccessError, ClosedPipeError } = scripts.load('index');
