#!/usr/bin/env node
'use strict';

/** Commands with a script by itself, which is smaller. As `tools/bundle-cli.ts` has them. */
const OWN_SCRIPTS = ['info', 'dis', 'load'];

/** Options whose code is in the other scripts. */
const ELSEWHERE = ['--native', '--log-level'];

const [, , command, ...words] = process.argv;
const isOwn = OWN_SCRIPTS.includes(command) && !words.some((word) => ELSEWHERE.some((option) => word.startsWith(option)));
require('./load-script.js').load(isOwn ? command : 'main');
