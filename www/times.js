// Times as people read them: of day, and how long until.

const DAY_AND_TIME = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "numeric",
  minute: "2-digit",
  second: "2-digit",
});

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** From here on seconds count, in milliseconds: what has hours left needn't be written every second. */
const CLOSE = 5 * MINUTE;

/**
 * How long, in its two largest units that matter.
 * @param {number} milliseconds
 */
export function duration(milliseconds) {
  const of = (/** @type {number} */ unit) => Math.floor(milliseconds / unit);
  if (milliseconds >= DAY) return `${of(DAY)} d ${of(HOUR) % 24} h`;
  if (milliseconds >= HOUR) return `${of(HOUR)} h ${of(MINUTE) % 60} min`;
  if (milliseconds >= CLOSE) return `${of(MINUTE)} min`;
  if (milliseconds >= MINUTE) return `${of(MINUTE)} min ${of(SECOND) % 60} s`;
  return `${Math.max(0, of(SECOND))} s`;
}

/**
 * A point in time.
 * @param {string} dateTime ISO 8601
 */
export function time(dateTime) {
  const made = document.createElement("time");
  made.dateTime = dateTime;
  made.textContent = DAY_AND_TIME.format(Date.parse(dateTime));
  return made;
}

/**
 * A point in the future, that counts down to itself.
 * @param {string} dateTime ISO 8601
 * @param {string} [over] said from then on
 */
export function countdown(dateTime, over = "now") {
  const made = document.createElement("time");
  made.className = "countdown";
  made.dateTime = dateTime;
  made.dataset.over = over;
  made.title = DAY_AND_TIME.format(Date.parse(dateTime));
  count(made, Date.now());
  clock ||= startClock();
  clock.observe(made);
  return made;
}

/**
 * The clock of all times on the page, which knows those that are in view. A time that was removed from the page leaves
 * it by itself.
 * @type {IntersectionObserver | undefined}
 */
let clock;
/** @type {Set<HTMLTimeElement>} */
const inSight = new Set();
let ticks = 0;

/** Times of somebody who wants nothing to move, and times out of sight, change every so many ticks only. */
const CALM = 10;

function startClock() {
  setInterval(tick, SECOND);
  return new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const node = /** @type {HTMLTimeElement} */ (target);
      if (isIntersecting) inSight.add(node);
      else inSight.delete(node);
    }
    countAll(inSight);
  });
}

function tick() {
  ticks += 1;
  if (document.hidden) return;
  if (ticks % CALM === 0) countAll(document.querySelectorAll("time.countdown"));
  else if (!matchMedia("(prefers-reduced-motion: reduce)").matches) countAll(inSight);
}

/** @param {Iterable<Element>} nodes */
function countAll(nodes) {
  const now = Date.now();
  for (const node of nodes) count(/** @type {HTMLTimeElement} */ (node), now);
}

/**
 * @param {HTMLTimeElement} node
 * @param {number} now
 */
function count(node, now) {
  const left = Date.parse(node.dateTime) - now;
  const text = left > 0 ? `in ${duration(left)}` : (node.dataset.over ?? "");
  if (node.textContent !== text) node.textContent = text;
}
