// Times in words, in the time zone of the service, wherever the phone thinks it is.

import { page, say } from "./words.js";

const DAY_MS = 86400000;
const clock = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dated = format({ month: "long", day: "numeric", weekday: "short" });
const plain = format({ month: "long", day: "numeric" });
const parts = new Intl.DateTimeFormat("en-CA", {
  timeZone: page.time_zone, year: "numeric", month: "2-digit", day: "2-digit",
});

function format(options) {
  return new Intl.DateTimeFormat(page.language, Object.assign({ timeZone: page.time_zone }, options));
}

/** The local date of a moment as 2026-10-03. */
export function localDate(moment) {
  return parts.format(moment);
}

export function hourMinute(iso) {
  return clock.format(new Date(iso));
}

/** “今晚 23:40 前”, “明天 10:00 前”, “10月8日周四 18:00 前”; what is past loses its 前. */
export function until(iso) {
  const due = new Date(iso);
  return say(due.getTime() < Date.now() ? "time.was_due" : "time.until", { when: when(due, dated) });
}

/** “今天 21:40”, “昨天 08:00”, “10月3日 21:40”. */
export function moment(iso) {
  return when(new Date(iso), plain);
}

function when(date, far) {
  const days = daysFromNow(date);
  const time = clock.format(date);
  if (days === 0) {
    return say(Number(time.slice(0, 2)) >= 18 ? "time.tonight" : "time.today", { time: time });
  }
  if (days === 1) {
    return say("time.tomorrow", { time: time });
  }
  if (days === -1) {
    return say("time.yesterday", { time: time });
  }
  return far.format(date) + " " + time;
}

function daysFromNow(date) {
  return Math.round((Date.parse(localDate(date)) - Date.parse(localDate(new Date()))) / DAY_MS);
}

/** “还剩 1 小时 20 分” or “已超 2 天 3 小时”. */
export function left(iso) {
  const seconds = (new Date(iso).getTime() - Date.now()) / 1000;
  return say(seconds < 0 ? "time.over" : "time.left", { span: span(Math.abs(seconds)) });
}

/** Seconds as “3 天 4 小时”, “1 小时 20 分”, “不到 1 分钟”. */
export function span(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) {
    return say("time.moment");
  }
  if (minutes < 60) {
    return say("time.m", { m: minutes });
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 24) {
    return minutes % 60 ? say("time.hm", { h: hours, m: minutes % 60 }) : say("time.h", { h: hours });
  }
  return hours % 24 ? say("time.dh", { d: Math.floor(hours / 24), h: hours % 24 }) : say("time.d", { d: hours / 24 });
}

/** A limit of the catalogue: {value: 2, unit: "urgent_hour"} → “2 小时（昼夜连续）”. */
export function limit(given) {
  return say("limit." + given.unit, { value: given.value });
}

/** A whole date of a query, 2026-10-03 → “10月3日”. */
export function day(date) {
  return plain.format(new Date(date + "T12:00:00Z"));
}
