// dotnet/runtime `src/libraries/System.Private.CoreLib/src/System/DateTime.cs`, OADateToTicks and TicksToOADate.

const DAY = 86_400_000;
/** 30 December 1899, in milliseconds from 1 January 1970. */
const EPOCH = -25_569 * DAY;

/** A DATE counts days; before its epoch the whole days are negative, and the time of the day is not. */
export function dateOfAutomation(days: number): Date {
  const milliseconds = Math.trunc(days * DAY + (days >= 0 ? 0.5 : -0.5));
  const sincePoint = milliseconds < 0 ? milliseconds - (milliseconds % DAY) * 2 : milliseconds;
  return new Date(EPOCH + sincePoint);
}

export function automationOfDate(date: Date): number {
  let milliseconds = date.getTime() - EPOCH;
  const time = milliseconds % DAY;
  if (milliseconds < 0 && time !== 0) milliseconds -= (DAY + time) * 2;
  return milliseconds / DAY;
}
